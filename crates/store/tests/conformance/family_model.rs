//! Random lives of token families, held against a model that fits on a page.
//!
//! The model knows nothing of rows: a family is a list of answers, one of which lives. Whatever order of refreshing, retrying,
//! replaying, using, ending, waiting and restarting is drawn, the store must answer as the model does, and never have two
//! living answers.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{
    DatabaseUrl, EnvironmentName, FamilyId, NewAccessToken, NewFamily, NewRefreshToken, Rotated,
    Rotation, RotationRule, Store, TokenId,
};

use crate::fixture::{Fixture, MASTER_KEY, NOW, credential, event, person, production};

const IDLE: i64 = 1_000;
const ABSOLUTE: i64 = 5_000;

#[derive(Clone, Debug)]
enum Step {
    /// Refresh with an answer's token, counted back from the newest.
    Refresh {
        back: usize,
        rule: RotationRule,
    },
    /// Use an answer's access token.
    Use {
        back: usize,
    },
    End,
    Wait(i64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let rule = prop_oneof![
        3 => Just(RotationRule::RetryWhileSuccessorUnused),
        1 => Just(RotationRule::OneTime),
        1 => Just(RotationRule::Strict),
        1 => Just(RotationRule::UntilSuccessorUsed),
    ];
    let step = prop_oneof![
        8 => (0..4usize, rule).prop_map(|(back, rule)| Step::Refresh { back, rule }),
        3 => (0..3usize).prop_map(|back| Step::Use { back }),
        1 => Just(Step::End),
        2 => (1..700i64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

/// One answer of the model.
#[derive(Clone, Debug, Default)]
struct Answer {
    issued_at: i64,
    refreshed: bool,
    access_used: bool,
    replaced: bool,
}

#[derive(Debug, Default)]
struct Model {
    answers: Vec<Answer>,
    ended: bool,
    begun_at: i64,
}

impl Model {
    fn lives(&self, at: usize) -> bool {
        !self.ended && !self.answers[at].replaced
    }

    fn refresh(&mut self, at: usize, rule: RotationRule, now: i64) -> Rotated {
        if self.ended || now >= self.begun_at + ABSOLUTE {
            return Rotated::Refused;
        }
        let newest = self.answers.len() - 1;
        if at == newest {
            if now >= self.answers[at].issued_at + IDLE {
                return Rotated::Refused;
            }
            self.answers[at].refreshed = true;
        } else {
            // The living answer before the newest, if what came of it was lost.
            let before = (0..newest).rev().find(|&one| !self.answers[one].replaced);
            let successor = &self.answers[newest];
            let unused = match rule {
                RotationRule::RetryWhileSuccessorUnused => {
                    !successor.refreshed && !successor.access_used
                }
                RotationRule::UntilSuccessorUsed => !successor.access_used,
                RotationRule::OneTime | RotationRule::Strict => false,
            };
            if before != Some(at) || !unused {
                let ends = matches!(
                    rule,
                    RotationRule::RetryWhileSuccessorUnused | RotationRule::Strict
                );
                self.ended |= ends;
                return if ends {
                    Rotated::Replayed
                } else {
                    Rotated::Refused
                };
            }
            self.answers[newest].replaced = true;
        }
        self.answers.push(Answer {
            issued_at: now,
            ..Answer::default()
        });
        Rotated::Done
    }
}

/// The store, driven by the same steps.
struct Driven {
    store: Store,
    url: DatabaseUrl,
    environment: EnvironmentName,
    family: FamilyId,
}

fn hash(generation: usize) -> [u8; 32] {
    [u8::try_from(generation).unwrap(); 32]
}

fn access(family: FamilyId, generation: usize, now: i64) -> NewAccessToken {
    NewAccessToken {
        id: access_id(family, generation),
        secret_hash: [1; 32],
        credential_uuid: "u1".to_owned(),
        scope: String::new(),
        issued_at: now,
        expires_at: now + 1_000_000,
    }
}

fn access_id(family: FamilyId, generation: usize) -> TokenId {
    let mut id = family.0;
    id[15] = u8::try_from(generation).unwrap();
    TokenId(id)
}

fn refresh_token(generation: usize, now: i64) -> NewRefreshToken {
    NewRefreshToken {
        secret_hash: hash(generation),
        issued_at: now,
        expires_at: now + IDLE,
    }
}

impl Driven {
    async fn begin(&self, now: i64) {
        let family = NewFamily {
            id: self.family,
            credential_uuid: "u1".to_owned(),
            person_id: "anna".to_owned(),
            scope: String::new(),
            created_at: now,
            expires_at: now + ABSOLUTE,
            refresh: refresh_token(1, now),
            access: Some(access(self.family, 1, now)),
        };
        let verbs = self.store.in_environment(&self.environment);
        verbs.begin_family(family, event("begun")).await.unwrap();
    }

    async fn refresh(&self, at: usize, newest: usize, rule: RotationRule, now: i64) -> Rotated {
        let rotation = Rotation {
            family: self.family,
            presented_generation: i64::try_from(at + 1).unwrap(),
            presented_hash: hash(at + 1),
            newest_generation: i64::try_from(newest + 1).unwrap(),
            rule,
            refresh: refresh_token(newest + 2, now),
            access: Some(access(self.family, newest + 2, now)),
        };
        let verbs = self.store.in_environment(&self.environment);
        verbs
            .rotate_refresh_token(rotation, now, event("rotated"))
            .await
            .unwrap()
    }

    async fn lives(&self, at: usize) -> bool {
        let verbs = self.store.in_environment(&self.environment);
        let found = verbs
            .find_access_token(access_id(self.family, at + 1))
            .await
            .unwrap()
            .unwrap();
        !found.family.unwrap().is_dead
    }
}

/// As often as `GRANTOR_ROUNDS` says, else a few seconds' worth.
fn rounds() -> u32 {
    let asked = std::env::var("GRANTOR_ROUNDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(200)
}

async fn live(driven: &mut Driven, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut now = NOW;
    driven.begin(now).await;
    let mut model = Model {
        answers: vec![Answer {
            issued_at: now,
            ..Answer::default()
        }],
        begun_at: now,
        ended: false,
    };
    for step in steps {
        let newest = model.answers.len() - 1;
        match step {
            Step::Refresh { back, rule } => {
                let at = newest.saturating_sub(*back);
                let told = driven.refresh(at, newest, *rule, now).await;
                prop_assert_eq!(told, model.refresh(at, *rule, now), "{:?}", step);
            }
            Step::Use { back } => {
                let at = newest.saturating_sub(*back);
                // The judge writes the first use down only of a token that lives.
                if model.lives(at) {
                    model.answers[at].access_used = true;
                    let generation = i64::try_from(at + 1).unwrap();
                    let verbs = driven.store.in_environment(&driven.environment);
                    verbs
                        .mark_access_used(driven.family, generation, now)
                        .await
                        .unwrap();
                }
            }
            Step::End => {
                let verbs = driven.store.in_environment(&driven.environment);
                let ended = verbs
                    .end_family(driven.family, "model", now, event("ended"))
                    .await
                    .unwrap();
                prop_assert_eq!(ended, !model.ended);
                model.ended = true;
            }
            Step::Wait(millis) => now += millis,
            Step::Restart => {
                driven.store.close().await;
                driven.store = Store::open(&driven.url, now).await.unwrap();
            }
        }
        for at in 0..model.answers.len() {
            prop_assert_eq!(
                driven.lives(at).await,
                model.lives(at),
                "answer {} after {:?}",
                at,
                step
            );
        }
    }
    Ok(())
}

#[test]
fn rounds_of_random_family_lives_end_as_the_model_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let fixture = runtime.block_on(Fixture::sqlite());
    let url = DatabaseUrl::Sqlite(fixture.path("model.db"));
    let store = runtime.block_on(async {
        let store = Store::open(&url, NOW).await.unwrap();
        let environment = production();
        store
            .register_master_key(MASTER_KEY, b"check", NOW, event("key"))
            .await
            .unwrap();
        let verbs = store.in_environment(&environment);
        verbs
            .create_credential(credential("u1", "Acme"), event("credential"))
            .await
            .unwrap();
        let person = person("anna", "Acme");
        verbs.create_person(person, event("person")).await.unwrap();
        store
    });
    let driven = std::cell::RefCell::new(Driven {
        store,
        url,
        environment: production(),
        family: FamilyId([0; 16]),
    });
    let mut runner = TestRunner::new(Config {
        cases: rounds(),
        failure_persistence: None,
        ..Config::default()
    });
    let number = std::cell::Cell::new(0_u64);
    runner
        .run(&steps(), |steps| {
            number.set(number.get() + 1);
            let mut family = [0; 16];
            family[..8].copy_from_slice(&number.get().to_be_bytes());
            let mut driven = driven.borrow_mut();
            driven.family = FamilyId(family);
            runtime.block_on(live(&mut driven, &steps))
        })
        .unwrap();
    runtime.block_on(driven.borrow().store.close());
}
