//! Both sides of a refresh, read in pages: the source as it stood, the target as it stands.

use super::plan::{RefreshPlan, Source, Target, plan};
use super::swap::{self, Refreshed};
use crate::database::{Row, Value};
use crate::statements::statements;
use crate::{InEnvironment, Millis, RefreshOrder, StoreError};

statements! {
    /// What was written down at the first change after that moment is how the person stood at it. Who is disabled by now is so, whatever
    /// was true then: nobody gets back in by what was true once.
    SELECT_SOURCE = "select p.id, case when b.person_id is null then p.account_id else b.account_id end, \
        case when b.person_id is null then p.username else b.username end, \
        case when b.person_id is null then p.canonical_username else b.canonical_username end, \
        case when b.person_id is null then p.role else b.role end, coalesce(p.disabled_at, b.disabled_at), \
        case when b.person_id is null then p.email else b.email end, p.canonical_username \
        from present_people p left join people_before b on b.person_id = p.id \
            and b.until = (select min(m.until) from people_before m where m.person_id = p.id and m.until >= $1) \
        where p.environment = $2 and p.created_at < $1 and p.canonical_username > $3 \
        and not exists (select 1 from identities i where i.person_id = p.id) order by p.canonical_username limit $4";
    SELECT_TARGET = "select p.id, p.account_id, p.username, p.canonical_username, p.role, p.disabled_at, p.email, p.origin, \
        (select count(*) from identities i where i.person_id = p.id) \
        from present_people p where p.environment = $1 and p.canonical_username > $2 order by p.canonical_username limit $3";
    ACCOUNTS_ARRIVING = "select count(*) from account_environments s where s.environment = $1 and s.since < $2 and not exists \
        (select 1 from account_environments t where t.environment = $3 and t.account_id = s.account_id)";
    ACCOUNTS_LEAVING = "select count(*) from account_environments t where t.environment = $1 and not exists \
        (select 1 from account_environments s where s.environment = $2 and s.account_id = t.account_id and s.since < $3)";
    ACCOUNTS = "select count(*) from account_environments s where s.environment = $1 and s.since < $2";
}

/// Rows of one page.
const PAGE: u32 = 5_000;

/// What a refresh would change.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// People.
    pub people: RefreshPlan,
    /// Accounts of the source, as it stood.
    pub accounts: u64,
    /// Those that the target does not know yet.
    pub accounts_arriving: u64,
    /// Those of the target that the source did not have.
    pub accounts_leaving: u64,
    /// UUIDs of the target's credentials that are to be switched off, since their account goes.
    pub switched_off: Vec<String>,
    /// UUIDs of those that an earlier refresh switched off and whose account is back.
    pub switched_on: Vec<String>,
}

impl Preview {
    /// The same as numbers, as a run would answer it.
    pub fn counts(&self) -> Refreshed {
        let people = &self.people;
        Refreshed {
            accounts: self.accounts,
            accounts_arrived: self.accounts_arriving,
            accounts_left: self.accounts_leaving,
            people_arrived: people.arriving.len() as u64,
            people_changed: people.changed.len() as u64,
            people_left: people.leaving.len() as u64,
            people_kept: people.kept,
            switched_off: self.switched_off.len() as u64,
            switched_on: self.switched_on.len() as u64,
        }
    }
}

impl InEnvironment<'_> {
    /// What refreshing this environment would change, and nothing is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn preview_refresh(&self, order: &RefreshOrder) -> Result<Preview, StoreError> {
        let (here, there) = (self.environment.as_str(), order.source.as_str());
        let until = order.until();
        let text = |text: &str| Value::from(text.to_owned());
        let accounts = vec![text(there), until.into()];
        let arriving = vec![text(there), until.into(), text(here)];
        let leaving = vec![text(here), text(there), until.into()];
        let credentials = leaving.clone();
        Ok(Preview {
            accounts: self.counted(ACCOUNTS, accounts).await?,
            accounts_arriving: self.counted(ACCOUNTS_ARRIVING, arriving).await?,
            accounts_leaving: self.counted(ACCOUNTS_LEAVING, leaving).await?,
            switched_off: self.uuids(swap::SELECT_OFF, credentials.clone()).await?,
            switched_on: self.uuids(swap::SELECT_ON, credentials).await?,
            people: self.plan_refresh(order).await?,
        })
    }

    /// What it would change about people.
    pub(super) async fn plan_refresh(
        &self,
        order: &RefreshOrder,
    ) -> Result<RefreshPlan, StoreError> {
        let (source, target) = (self.source(order).await?, self.target().await?);
        let (environment, personal_data) = (self.environment.clone(), order.personal_data);
        // Hundreds of thousands of people are a moment's work, and requests are not to wait for it.
        tokio::task::spawn_blocking(move || plan(&environment, personal_data, source, target))
            .await
            .map_err(|_| StoreError::Unavailable("a plan was given up".into()))
    }

    async fn source(&self, order: &RefreshOrder) -> Result<Vec<Source>, StoreError> {
        let mut read: Vec<Source> = Vec::new();
        // In the order of an index, or each page would sort them all.
        let mut after = String::new();
        loop {
            let source = order.source.as_str().to_owned();
            let params = vec![
                order.until().into(),
                source.into(),
                after.clone().into(),
                PAGE.into(),
            ];
            let rows = self.store.database.scan(SELECT_SOURCE, params).await?;
            let last = rows.len() < PAGE as usize;
            for mut row in rows {
                read.push(person(&mut row)?);
                after = row.text()?;
            }
            if last {
                return Ok(read);
            }
        }
    }

    async fn target(&self) -> Result<Vec<Target>, StoreError> {
        let mut read: Vec<Target> = Vec::new();
        loop {
            let after = read
                .last()
                .map_or_else(String::new, |last| last.person.canonical_username.clone());
            let here = self.environment.as_str().to_owned();
            let params = vec![here.into(), after.into(), PAGE.into()];
            let rows = self.store.database.scan(SELECT_TARGET, params).await?;
            let last = rows.len() < PAGE as usize;
            for mut row in rows {
                read.push(Target {
                    person: person(&mut row)?,
                    origin: row.optional_text()?,
                    vouched_for: row.count()? > 0,
                });
            }
            if last {
                return Ok(read);
            }
        }
    }

    async fn counted(
        &self,
        sql: &'static str,
        params: Vec<Value<'static>>,
    ) -> Result<u64, StoreError> {
        let mut rows = self.store.database.scan(sql, params).await?;
        rows.first_mut().map_or(Ok(0), Row::count)
    }

    async fn uuids(
        &self,
        sql: &'static str,
        params: Vec<Value<'static>>,
    ) -> Result<Vec<String>, StoreError> {
        let rows = self.store.database.scan(sql, params).await?;
        rows.into_iter().map(|mut row| row.text()).collect()
    }
}

impl RefreshOrder {
    /// The end of what is read; everything there is where no moment is named, however another node's clock goes.
    pub(super) fn until(&self) -> Millis {
        self.data_until.unwrap_or(Millis::MAX)
    }
}

fn person(row: &mut Row) -> Result<Source, StoreError> {
    Ok(Source {
        id: row.text()?,
        account_id: row.optional_text()?,
        username: row.text()?,
        canonical_username: row.text()?,
        role: row
            .text()?
            .parse()
            .map_err(|error: crate::UnknownRole| StoreError::Corrupt(error.to_string()))?,
        disabled_at: row.optional_integer()?,
        email: row.optional_text()?,
    })
}
