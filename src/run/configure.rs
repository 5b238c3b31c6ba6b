//! What a plan leaves open, from the configuration file and the environment: words on the command line beat the
//! environment, which beats the file. It is for those who sit before a screen; headless runs are the same everywhere.

use std::sync::Arc;

use super::engine::told;
use super::{Ending, Plan};
use crate::config::{self, Config};
use crate::escape::clean;
use crate::event::Errno;
use crate::locale::Locale;
use crate::os::{Os, Place};

/// Completes a plan. With [`super::Manner::clean`] no file is read.
///
/// # Errors
///
/// What does not fit in the file, or why it cannot be read, with exit status 2.
pub fn configure(os: &mut dyn Os, plan: Plan) -> Result<Plan, Ending> {
    let config = if plan.manner.clean {
        Config::default()
    } else {
        read(os)?
    };
    Ok(complete(os, plan, config))
}

/// The language of sentences for what is said before there is a run: as for one. A file that cannot be read tells none.
pub fn spoken(os: &mut dyn Os, lang: Option<String>) -> Arc<Locale> {
    let asked = || Plan {
        lang: lang.clone(),
        ..Plan::default()
    };
    let plan = configure(os, asked()).unwrap_or_else(|_| asked());
    Locale::named(&told::language(os, &plan)).unwrap_or_default()
}

fn read(os: &mut dyn Os) -> Result<Config, Ending> {
    let refused = |os: &dyn Os, why: &str| {
        let directory = os.place(Place::Config).unwrap_or_default();
        let hint = format!("{directory}/{} (--clean ignores it)", config::FILE);
        Ending::failure(2, format!("{why}\n  {}", clean(&hint)))
    };
    let bytes = match os.read_kept(Place::Config, config::FILE, config::FILE_MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(Errno::ENOENT) => return Ok(Config::default()),
        Err(errno) => {
            let why = format!("{}: {} ({})", config::FILE, errno.text(), errno.name());
            return Err(refused(os, &why));
        }
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refused(
            os,
            &format!("{}: byte {at} is not UTF-8 text", config::FILE),
        )
    })?;
    config::parse(&text).map_err(|fault| refused(os, &fault.to_string()))
}

fn complete(os: &dyn Os, plan: Plan, config: Config) -> Plan {
    // As for NO_COLOR, an empty value means nothing.
    let is_set = |name: &str| os.environment(name).is_some_and(|value| !value.is_empty());
    let mut look = plan.look;
    look.ascii |= config.ascii == Some(true);
    look.mono |= config.color == Some(false);
    // The last one counts, so what was said on the command line stands behind.
    let mut settings = config.settings;
    settings.extend(plan.settings);
    let mut manner = plan.manner;
    manner.still |= config.motion == Some(false);
    let background = os.environment("COLORFGBG").filter(|told| !told.is_empty());
    let light = config.light.filter(|_| background.is_none());
    Plan {
        plain: plan.plain || is_set("ACCESSIBLE") || config.plain == Some(true),
        lang: plan.lang.or(config.lang),
        light: plan.light.or(light),
        settings,
        look,
        manner,
        ..plan
    }
}
