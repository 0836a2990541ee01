//! What somebody who mistyped a name most likely meant.

/// The known name nearest to `name`, when it is near enough to have been meant.
pub fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    let name = name.to_lowercase();
    known
        .iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&name, &candidate.to_lowercase()),
                *candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The sentence about a key that means nothing.
pub fn unknown_key(key: &str, known: &[&str]) -> String {
    let key = key.escape_debug();
    match nearest(&key.to_string(), known) {
        Some(meant) => format!("there is no key \"{key}\" here; did you mean \"{meant}\"?"),
        None => format!(
            "there is no key \"{key}\" here; the keys are {}",
            listed(known)
        ),
    }
}

/// The sentence about a value that is none of the known ones.
pub fn unknown_value(value: &str, known: &[&str]) -> String {
    let value = value.escape_debug();
    match nearest(&value.to_string(), known) {
        Some(meant) => format!("\"{value}\" is not known here; did you mean \"{meant}\"?"),
        None if known.is_empty() => {
            format!("\"{value}\" is not known here, and nothing of the kind is configured")
        }
        None => match known {
            [only] => format!("\"{value}\" is not known here; known is {only}"),
            _ => format!("\"{value}\" is not known here; known are {}", listed(known)),
        },
    }
}

/// "a, b and c"
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
