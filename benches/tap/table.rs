//! The values of the contestants in several rounds: medians, and ratios to one of them.

use std::fmt;

use super::loads::Load;

/// The values of one round; none where the contestant could not be measured.
type Row = (&'static str, Vec<Result<Vec<f64>, String>>);

pub(crate) struct Table {
    load: &'static Load,
    rounds: usize,
    rows: Vec<Row>,
}

impl Table {
    pub(crate) const fn new(load: &'static Load) -> Self {
        Self {
            load,
            rounds: 0,
            rows: Vec::new(),
        }
    }

    pub(crate) const fn next_round(&mut self) {
        self.rounds += 1;
    }

    pub(crate) fn take(&mut self, name: &'static str, values: Result<Vec<f64>, String>) {
        match self.rows.iter_mut().find(|row| row.0 == name) {
            Some(row) => row.1.push(values),
            None => self.rows.push((name, vec![values])),
        }
    }

    fn cells(&self, rounds: &[Result<Vec<f64>, String>], column: usize) -> String {
        let value = |round: &Result<Vec<f64>, String>| round.as_ref().ok()?.get(column).copied();
        let values: Vec<f64> = rounds.iter().filter_map(value).collect();
        let base = self.rows.iter().find(|row| row.0 == self.load.base);
        let both = rounds.iter().zip(base.map_or(&[][..], |row| &row.1));
        let ratios = both.filter_map(|(ours, base)| Some(value(ours)? / value(base)?));
        format!("{:12.2} {:7.2}x", median(values), median(ratios.collect()))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:30}", format!("median of {}", self.rounds))?;
        for column in self.load.columns {
            write!(f, " {column:>21}")?;
        }
        write!(f, "   x: to {}", self.load.base)?;
        for (name, rounds) in &self.rows {
            write!(f, "\n{name:30}")?;
            if let Some(Err(why)) = rounds.iter().find(|round| round.is_err()) {
                write!(f, " {}", why.lines().next().unwrap_or_default())?;
                continue;
            }
            for column in 0..self.load.columns.len() {
                write!(f, " {}", self.cells(rounds, column))?;
            }
        }
        Ok(())
    }
}
