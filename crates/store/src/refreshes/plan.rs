//! What a refresh would change about people, worked out of both sides as they stand. No database, no clock.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value as Json, json};

use crate::{EnvironmentName, Millis, Role};

/// Which personal data comes over. Nothing does unless it is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonalData {
    /// What people sign in with; else a made-up name.
    pub username: bool,
    /// Where mail goes; else none.
    pub email: bool,
}

/// Someone of the source, as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) id: String,
    pub(crate) account_id: Option<String>,
    pub(crate) username: String,
    pub(crate) canonical_username: String,
    pub(crate) role: Role,
    pub(crate) disabled_at: Option<Millis>,
    pub(crate) email: Option<String>,
}

/// Someone of the target, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) person: Source,
    /// Whom a refresh brought: the person of the source.
    pub(crate) origin: Option<String>,
    /// An identity provider vouches for the person, who is of the platform's staff.
    pub(crate) vouched_for: bool,
}

/// Someone as a refresh will leave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonChange {
    /// Id in the target; none for somebody new.
    pub id: Option<String>,
    /// Whose.
    pub account_id: Option<String>,
    /// The target's own, the source's, or made up.
    pub username: String,
    /// The form in which all spellings of it meet.
    pub canonical_username: String,
    /// As in the source.
    pub role: Role,
    /// As in the source.
    pub disabled_at: Option<Millis>,
    /// The target's own, or the source's.
    pub email: Option<String>,
    /// The person of the source, for whom a refresh brought.
    pub origin: Option<String>,
    /// Somebody else had this row: their password, factors and sessions go.
    pub emptied: bool,
    /// Another role, or no longer let in: sessions and links of before go.
    pub rights_change: bool,
}

/// What a refresh would change about people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefreshPlan {
    /// Who will be new, without a password.
    pub arriving: Vec<PersonChange>,
    /// Who stays and is changed.
    pub changed: Vec<PersonChange>,
    /// Who will be gone: id and username.
    pub leaving: Vec<(String, String)>,
    /// Who stays as they are.
    pub kept: u64,
}

impl Target {
    /// The platform's own staff is nobody's data: no refresh makes an operator, changes one or sends one away.
    fn is_staff(&self) -> bool {
        self.vouched_for || self.person.role == Role::Operator
    }

    /// Whether this row can be that person: never across accounts, or whoever set the password here would get what somebody else
    /// may do there.
    fn can_be(&self, source: &Source) -> bool {
        !self.is_staff() && self.person.account_id == source.account_id
    }
}

/// Works it out.
pub(crate) fn plan(
    environment: &EnvironmentName,
    personal_data: PersonalData,
    mut source: Vec<Source>,
    target: Vec<Target>,
) -> RefreshPlan {
    source.retain(|one| one.role != Role::Operator);
    let by_name: HashMap<&str, usize> = target
        .iter()
        .enumerate()
        .map(|(index, one)| (one.person.canonical_username.as_str(), index))
        .collect();
    let by_origin: HashMap<&str, usize> = target
        .iter()
        .enumerate()
        .filter_map(|(index, one)| Some((one.origin.as_deref()?, index)))
        .collect();
    // Who is in both: by the name that the target's own people gave themselves, then by what a refresh brought before.
    let mut who: Vec<Option<usize>> = Vec::with_capacity(source.len());
    let mut taken = HashSet::new();
    for one in &source {
        let named = by_name.get(one.canonical_username.as_str()).copied();
        let named = named.filter(|index| target.get(*index).is_some_and(|t| t.origin.is_none()));
        let brought = by_origin.get(one.id.as_str()).copied();
        let found = [named, brought].into_iter().flatten().find(|index| {
            target.get(*index).is_some_and(|t| t.can_be(one)) && !taken.contains(index)
        });
        taken.extend(found);
        who.push(found);
    }
    let mut leaving: HashSet<usize> = (0..target.len())
        .filter(|index| !taken.contains(index))
        .filter(|index| target.get(*index).is_some_and(|t| !t.is_staff()))
        .collect();
    let mut plan = RefreshPlan::default();
    let mut given: HashSet<String> = HashSet::new();
    for (one, index) in source.into_iter().zip(who) {
        let known = index.and_then(|index| target.get(index));
        let wanted = match known {
            // Whoever made the row here gave it its name.
            Some(t) if t.origin.is_none() => (
                t.person.username.clone(),
                t.person.canonical_username.clone(),
            ),
            _ if personal_data.username => (one.username.clone(), one.canonical_username.clone()),
            _ => made_up(environment, &one.id),
        };
        let holder = by_name.get(wanted.1.as_str()).copied();
        let free = match holder {
            None => !given.contains(&wanted.1),
            Some(holder) if Some(holder) == index => true,
            // Somebody new takes the place of somebody who goes; two rows cannot have the name in one moment.
            Some(holder) => index.is_none() && leaving.contains(&holder),
        };
        let (username, canonical_username) = match (free, known) {
            (true, _) => wanted,
            (false, Some(t)) => (
                t.person.username.clone(),
                t.person.canonical_username.clone(),
            ),
            (false, None) => made_up(environment, &one.id),
        };
        let place = match known {
            Some(_) => None,
            None => by_name
                .get(canonical_username.as_str())
                .copied()
                .filter(|holder| leaving.remove(holder)),
        };
        given.insert(canonical_username.clone());
        let own = known.is_some_and(|t| t.origin.is_none());
        let emptied = place.and_then(|place| target.get(place));
        let stands = known.or(emptied);
        let change = PersonChange {
            id: stands.map(|t| t.person.id.clone()),
            email: match (personal_data.email, own) {
                (true, _) => one.email.clone(),
                (false, true) => known.and_then(|t| t.person.email.clone()),
                (false, false) => None,
            },
            disabled_at: one.disabled_at,
            role: one.role,
            origin: (!own).then(|| one.id.clone()),
            emptied: emptied.is_some(),
            rights_change: known.is_some_and(|t| {
                t.person.role != one.role
                    || (one.disabled_at.is_some() && t.person.disabled_at.is_none())
            }),
            account_id: one.account_id,
            username,
            canonical_username,
        };
        match known {
            None if emptied.is_none() => plan.arriving.push(change),
            Some(t) if stands_so(t, &change) => plan.kept += 1,
            _ => plan.changed.push(change),
        }
    }
    let gone = target.into_iter().enumerate();
    plan.leaving = gone
        .filter(|(index, _)| leaving.contains(index))
        .map(|(_, t)| (t.person.id, t.person.username))
        .collect();
    plan
}

fn stands_so(target: &Target, change: &PersonChange) -> bool {
    let person = &target.person;
    person.role == change.role
        && person.disabled_at.is_some() == change.disabled_at.is_some()
        && person.username == change.username
        && person.email == change.email
}

/// A name that says nothing of the person, and is the same at each refresh: out of the person's id, which was drawn at random.
fn made_up(environment: &EnvironmentName, person_id: &str) -> (String, String) {
    let text = format!("{}\0{person_id}", environment.as_str());
    let digest = digest(&SHA256, text.as_bytes());
    let hex: String = digest
        .as_ref()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = format!("person-{hex}");
    (name.clone(), name)
}

/// An id that nobody can guess, out of the run's seed.
pub(crate) fn new_id(seed: &[u8; 32], origin: &str) -> String {
    let mut text = seed.to_vec();
    text.extend_from_slice(origin.as_bytes());
    let digest = digest(&SHA256, &text);
    let hex: Vec<String> = digest
        .as_ref()
        .iter()
        .take(16)
        .enumerate()
        .map(|(index, byte)| match index {
            // RFC 9562: version 4, variant 10.
            6 => format!("{:02x}", byte & 0x0f | 0x40),
            8 => format!("{:02x}", byte & 0x3f | 0x80),
            _ => format!("{byte:02x}"),
        })
        .collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().concat();
    [
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 16),
    ]
    .join("-")
}

impl PersonChange {
    /// As the statements read it.
    pub(crate) fn columns(&self) -> Json {
        json!({
            "account_id": self.account_id,
            "username": self.username,
            "canonical_username": self.canonical_username,
            "role": self.role.as_str(),
            "disabled_at": self.disabled_at,
            "email": self.email,
            "origin": self.origin,
        })
    }
}

#[cfg(test)]
#[path = "plan/tests.rs"]
mod tests;
