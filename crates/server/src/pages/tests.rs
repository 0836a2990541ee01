#![allow(clippy::unwrap_used)]
use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Every sentence of a language and the arguments it takes.
fn sentences(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in language.text().lines() {
        if !line.starts_with([' ', '#', '}'])
            && let Some((name, _)) = line.split_once(" = ")
        {
            key = name.to_owned();
            found.insert(key.clone(), BTreeSet::new());
        }
        for part in line.split('$').skip(1) {
            let name = part.split([' ', '}']).next().unwrap().to_owned();
            found.get_mut(&key).unwrap().insert(name);
        }
    }
    found
}

#[test]
fn every_language_has_every_sentence_with_the_same_arguments() {
    let english = sentences(Language::English);
    assert!(english.len() > 80);
    for language in Language::ALL {
        assert_eq!(sentences(language), english, "{}", language.tag());
    }
}

#[test]
fn templates_name_only_sentences_there_are_and_say_nothing_themselves() {
    let english = sentences(Language::English);
    for (name, text) in TEXTS {
        for call in text.split(r#"t(""#).skip(1) {
            let key = call.split('"').next().unwrap();
            assert!(
                english.contains_key(key)
                    || english
                        .keys()
                        .any(|known| key.ends_with('-') && known.starts_with(key)),
                "{name} names {key}"
            );
        }
        // Without the templates' own words and the tags, nothing that could be read is left.
        let mut outside = text.replace("{% block shape %}narrow{% endblock %}", "");
        outside = outside.replace("{% block shape %}wide{% endblock %}", "");
        outside = outside.replace("{% block shape %}full{% endblock %}", "");
        for (begin, end) in [("{{", "}}"), ("{%", "%}"), ("<", ">")] {
            while let Some(at) = outside.find(begin) {
                let to = outside[at..].find(end).unwrap() + at + end.len();
                outside.replace_range(at..to, "");
            }
        }
        assert!(
            !outside.contains(char::is_alphabetic),
            "{name} has a sentence of its own: {outside:?}"
        );
    }
    for unfit in [
        "password-too-short",
        "password-too-long",
        "password-control-character",
        "password-breached",
        "password-like-username",
        "password-unchanged",
    ] {
        assert!(english.contains_key(unfit));
    }
}

#[test]
fn s225_a_language_we_do_not_have_is_the_environments_own() {
    let own = Language::English;
    assert_eq!(
        catalogue::negotiate(None, Some("nl-BE,en;q=0.5"), own),
        Language::Dutch
    );
    assert_eq!(
        catalogue::negotiate(Some("nl en"), Some("en"), own),
        Language::Dutch
    );
    assert_eq!(
        catalogue::negotiate(None, None, Language::Dutch),
        Language::Dutch
    );
    for strange in ["../../etc/passwd", "xx", "", "*", "\u{202e}"] {
        assert_eq!(
            catalogue::negotiate(Some(strange), None, own),
            own,
            "{strange}"
        );
        assert_eq!(
            catalogue::negotiate(None, Some(strange), own),
            own,
            "{strange}"
        );
    }
    let long = "nl ".repeat(4000);
    assert_eq!(catalogue::negotiate(Some(&long), Some(&long), own), own);
}

#[test]
fn numbers_choose_the_plural() {
    let minutes = |n: &str| {
        Language::English.sentence("sign-in-too-many", &[("number".to_owned(), n.to_owned())])
    };
    assert!(minutes("1").contains("one minute"), "{}", minutes("1"));
    assert!(minutes("5").contains("5") && minutes("5").contains("minutes"));
}
