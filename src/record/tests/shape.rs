//! The shape of what is written: every type of an entry with its fields and variants, as serde meets them. It stands in
//! a file beside the number of the vocabulary, so that none changes without the other.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize as _;
use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer as _, SeqAccess,
    VariantAccess, Visitor,
};

use crate::record::VERSION;
use crate::record::entry::{Entry, Tag};

/// The shapes that were met.
#[derive(Debug, Default)]
struct Shapes {
    structs: BTreeMap<String, String>,
    /// Of each variant what it holds, once it was met.
    enums: BTreeMap<String, Vec<Variant>>,
    /// Something below was not met in all its variants.
    is_partial: bool,
}

#[derive(Clone, Debug)]
struct Variant {
    name: &'static str,
    holds: Option<String>,
    is_whole: bool,
}

/// Makes some value of whatever is asked for, and writes down what that was.
struct Tracer<'t> {
    shapes: &'t mut Shapes,
    told: &'t mut String,
}

/// So many elements, of which the last is asked for when `left` is 1.
struct Elements<'t> {
    shapes: &'t mut Shapes,
    told: &'t mut String,
    names: &'static [&'static str],
    left: usize,
}

impl fmt::Display for Shapes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, fields) in &self.structs {
            writeln!(out, "{name} {{{fields}}}")?;
        }
        for (name, variants) in &self.enums {
            writeln!(out, "{name}")?;
            for variant in variants {
                let holds = variant.holds.as_deref().unwrap_or("?");
                writeln!(out, "    {}{holds}", variant.name)?;
            }
        }
        Ok(())
    }
}

impl Tracer<'_> {
    fn elements<'t>(&'t mut self, names: &'static [&'static str], left: usize) -> Elements<'t> {
        Elements {
            shapes: self.shapes,
            told: self.told,
            names,
            left,
        }
    }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        if let Some(name) = self.names.get(self.names.len().saturating_sub(self.left)) {
            self.told.push_str(name);
            self.told.push_str(": ");
        }
        self.left -= 1;
        let value = seed.deserialize(Tracer {
            shapes: self.shapes,
            told: self.told,
        })?;
        if self.left > 0 {
            self.told.push_str(", ");
        }
        Ok(Some(value))
    }
}

/// A value that is written as itself.
macro_rules! plain {
    ($($method:ident $visit:ident $value:expr, $name:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.told.push_str($name);
            visitor.$visit($value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Error;

    plain! {
        deserialize_bool visit_bool false, "bool";
        deserialize_i8 visit_i8 0, "i8";
        deserialize_i16 visit_i16 0, "i16";
        deserialize_i32 visit_i32 0, "i32";
        deserialize_i64 visit_i64 0, "i64";
        deserialize_i128 visit_i128 0, "i128";
        deserialize_u8 visit_u8 0, "u8";
        deserialize_u16 visit_u16 0, "u16";
        deserialize_u32 visit_u32 0, "u32";
        deserialize_u64 visit_u64 0, "u64";
        deserialize_u128 visit_u128 0, "u128";
        deserialize_f32 visit_f32 0.0, "f32";
        deserialize_f64 visit_f64 0.0, "f64";
        deserialize_char visit_char 'x', "char";
        deserialize_str visit_str "", "str";
        deserialize_string visit_str "", "str";
        deserialize_bytes visit_bytes b"", "bytes";
        deserialize_byte_buf visit_bytes b"", "bytes";
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom(
            "postcard cannot read what does not say its type",
        ))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.told.push_str("option ");
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.told.push_str("()");
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.told.push_str(name);
        self.told.push_str(" of ");
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        self.told.push_str("many ");
        visitor.visit_seq(self.elements(&[], 1))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.told.push('(');
        let value = visitor.visit_seq(self.elements(&[], len))?;
        self.told.push(')');
        Ok(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.told.push_str(name);
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.told.push_str(name);
        let mut told = String::new();
        let value = visitor.visit_seq(Elements {
            shapes: self.shapes,
            told: &mut told,
            names: fields,
            left: fields.len(),
        })?;
        let known = self.shapes.structs.entry(name.to_owned());
        let known = known.or_insert_with(|| told.clone());
        assert_eq!(*known, told, "two types are called {name}");
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.told.push_str(name);
        let is_partial = std::mem::take(&mut self.shapes.is_partial);
        let known = self.shapes.enums.entry(name.to_owned());
        let unmet = |name: &&'static str| Variant {
            name,
            holds: None,
            is_whole: false,
        };
        let known = known.or_insert_with(|| variants.iter().map(unmet).collect());
        assert_eq!(known.len(), variants.len(), "two types are called {name}");
        let at = known.iter().position(|it| !it.is_whole).unwrap_or(0);
        let mut told = String::new();
        let value = visitor.visit_enum(
            Tracer {
                shapes: self.shapes,
                told: &mut told,
            }
            .variant_at(at),
        )?;
        let is_whole = !self.shapes.is_partial;
        let known = self.shapes.enums.get_mut(name).into_iter().flatten();
        let mut is_left = false;
        for (number, variant) in known.enumerate() {
            if number == at {
                variant.is_whole |= is_whole;
                variant.holds = Some(told.clone());
            }
            is_left |= !variant.is_whole;
        }
        self.shapes.is_partial = is_partial || is_left;
        Ok(value)
    }
}

/// A variant that is chosen, and what stands in it.
struct Chosen<'t> {
    at: usize,
    tracer: Tracer<'t>,
}

impl<'t> Tracer<'t> {
    fn variant_at(self, at: usize) -> Chosen<'t> {
        Chosen { at, tracer: self }
    }
}

impl<'de, 't> EnumAccess<'de> for Chosen<'t> {
    type Error = Error;
    type Variant = Tracer<'t>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Tracer<'t>), Error> {
        let number: U32Deserializer<Error> = u32::try_from(self.at).unwrap().into_deserializer();
        Ok((seed.deserialize(number)?, self.tracer))
    }
}

impl<'de> VariantAccess<'de> for Tracer<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.told.push_str(" of ");
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        mut self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.told.push_str(" {");
        let value = visitor.visit_seq(self.elements(fields, fields.len()))?;
        self.told.push('}');
        Ok(value)
    }
}

/// The shape of all that entries and tags hold.
fn shape() -> String {
    let mut shapes = Shapes::default();
    for _ in 0..10_000 {
        shapes.is_partial = false;
        let (mut one, mut other) = (String::new(), String::new());
        Entry::deserialize(Tracer {
            shapes: &mut shapes,
            told: &mut one,
        })
        .unwrap();
        Option::<Tag>::deserialize(Tracer {
            shapes: &mut shapes,
            told: &mut other,
        })
        .unwrap();
        if !shapes.is_partial {
            return shapes.to_string();
        }
    }
    unreachable!("there are not that many variants: {shapes}");
}

/// Where the shape of a vocabulary is kept, with its number in the first line.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/record/tests/shape.txt");

#[test]
fn what_is_written_does_not_change_its_shape_without_its_number() {
    let shape = shape();
    let kept = std::fs::read_to_string(FILE).unwrap_or_default();
    let (first, old) = kept.split_once('\n').unwrap_or_default();
    let number: u32 = first.trim_start_matches("version ").parse().unwrap_or(0);
    if old == shape && number == VERSION {
        return;
    }
    // A recording of the old shape would be read as something else: its number must be another one.
    let is_counted = VERSION > number && old != shape;
    if is_counted && std::env::var_os("RENEW").is_some() {
        return std::fs::write(FILE, format!("version {VERSION}\n{shape}")).unwrap();
    }
    let changed = shape
        .lines()
        .find(|line| !old.lines().any(|it| it == *line));
    let gone = old
        .lines()
        .find(|line| !shape.lines().any(|it| it == *line));
    let changed = changed.or(gone).unwrap_or("only the number is another");
    unreachable!(
        "the shape of what is recorded changed: `{changed}`. Count `record::VERSION` up from {number} (it is {VERSION} \
         now), then run this test with RENEW=1"
    );
}

#[test]
fn every_variant_is_met() {
    let shape = shape();
    for part in [
        "Began {version: u32, wall: Duration}",
        "Duration {secs: u64, nanos: u32}",
        "    Event of Event\n",
        "    Listen {backlog: u32}\n",
    ] {
        assert!(shape.contains(part), "{part}:\n{shape}");
    }
    assert!(!shape.contains('?'), "{shape}");
}
