//! What a message of LDAP is (RFC 4511, 4): a SEQUENCE of a number and an operation, whose tags are the application's.

use crate::framing::dissect::{Names, words_of};
use crate::framing::{Field, Value};

const OPERATIONS: &Names = &[
    (0, "bind request"),
    (1, "bind response"),
    (2, "unbind request"),
    (3, "search request"),
    (4, "search entry"),
    (5, "search done"),
    (6, "modify request"),
    (7, "modify response"),
    (8, "add request"),
    (9, "add response"),
    (10, "delete request"),
    (11, "delete response"),
    (12, "rename request"),
    (13, "rename response"),
    (14, "compare request"),
    (15, "compare response"),
    (16, "abandon request"),
    (19, "search reference"),
    (23, "extended request"),
    (24, "extended response"),
    (25, "intermediate response"),
];

/// The operations that tell a result.
const RESULTS_OF: &[u64] = &[1, 5, 7, 9, 11, 13, 15, 24];

const RESULTS: &Names = &[
    (0, "success"),
    (1, "operations error"),
    (2, "protocol error"),
    (3, "time limit exceeded"),
    (4, "size limit exceeded"),
    (5, "compare false"),
    (6, "compare true"),
    (7, "authentication method not supported"),
    (8, "stronger authentication required"),
    (10, "referral"),
    (11, "administrative limit exceeded"),
    (12, "unavailable critical extension"),
    (13, "confidentiality required"),
    (14, "SASL bind in progress"),
    (16, "no such attribute"),
    (17, "undefined attribute type"),
    (18, "inappropriate matching"),
    (19, "constraint violation"),
    (20, "attribute or value exists"),
    (21, "invalid attribute syntax"),
    (32, "no such object"),
    (33, "alias problem"),
    (34, "invalid DN syntax"),
    (36, "alias dereferencing problem"),
    (48, "inappropriate authentication"),
    (49, "invalid credentials"),
    (50, "insufficient access rights"),
    (51, "busy"),
    (52, "unavailable"),
    (53, "unwilling to perform"),
    (54, "loop detected"),
    (64, "naming violation"),
    (65, "object class violation"),
    (66, "not allowed on non-leaf"),
    (67, "not allowed on RDN"),
    (68, "entry already exists"),
    (71, "affects multiple DSAs"),
    (80, "other"),
];

/// The words for a message of LDAP, whose parts get their names; nothing for another value.
pub(super) fn told(value: &mut Field) -> Option<String> {
    let [id, operation, ..] = value.fields.as_mut_slice() else {
        return None;
    };
    let Value::Number(number) = id.value else {
        return None;
    };
    let tag = operation.name.strip_prefix("[APPLICATION ")?;
    let tag = tag.strip_suffix(']')?.parse().ok()?;
    let name = words_of(OPERATIONS, tag);
    if value.name != "SEQUENCE" || id.name != "INTEGER" {
        return None;
    }
    id.name = "message id".into();
    operation.name = name.clone().into();
    let what = if RESULTS_OF.contains(&tag) {
        result(operation)
    } else {
        object(operation).filter(|text| !text.is_empty())
    };
    let what = what.map(|what| format!(" {what}")).unwrap_or_default();
    Some(format!("LDAP {name}{what}, id {number}"))
}

/// The result in words and what the server says of it.
fn result(operation: &mut Field) -> Option<String> {
    let code = operation.fields.first_mut()?;
    let Value::Number(number) = code.value else {
        return None;
    };
    let words = words_of(RESULTS, u64::try_from(number).ok()?);
    code.value = Value::Named(number, words.clone().into());
    code.name = "result".into();
    let text = operation.fields.get(2).and_then(text);
    Some(match text.filter(|text| !text.is_empty()) {
        Some(text) => format!("({words}: {text})"),
        None => format!("({words})"),
    })
}

/// The name of the object that is meant: the first text.
fn object(operation: &Field) -> Option<String> {
    text(operation).or_else(|| operation.fields.iter().find_map(text))
}

fn text(field: &Field) -> Option<String> {
    match &field.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}
