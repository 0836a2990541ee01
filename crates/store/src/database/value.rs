//! Parameters and columns as both databases know them: four kinds of value, and rows read from left to right.

use std::borrow::Cow;

use crate::{EnvironmentName, StoreError};

/// What a parameter or a column can hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'v> {
    Null,
    Integer(i64),
    Text(Cow<'v, str>),
    Blob(Cow<'v, [u8]>),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}
impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}
impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}
impl<'v> From<&'v str> for Value<'v> {
    fn from(value: &'v str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}
impl<'v> From<&'v String> for Value<'v> {
    fn from(value: &'v String) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}
impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}
impl<'v> From<&'v EnvironmentName> for Value<'v> {
    fn from(value: &'v EnvironmentName) -> Self {
        Self::Text(Cow::Borrowed(value.as_str()))
    }
}
impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(value: &'v [u8]) -> Self {
        Self::Blob(Cow::Borrowed(value))
    }
}
impl<'v, const N: usize> From<&'v [u8; N]> for Value<'v> {
    fn from(value: &'v [u8; N]) -> Self {
        Self::Blob(Cow::Borrowed(value))
    }
}
impl<'v> From<&'v Vec<u8>> for Value<'v> {
    fn from(value: &'v Vec<u8>) -> Self {
        Self::Blob(Cow::Borrowed(value))
    }
}
impl<'v, T: Into<Value<'v>>> From<Option<T>> for Value<'v> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
impl<'v> From<&'v Option<String>> for Value<'v> {
    fn from(value: &'v Option<String>) -> Self {
        value.as_deref().into()
    }
}

/// Builds a parameter list out of anything that is a [`Value`].
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::database::Value::from($value)),*] };
}
pub(crate) use params;

/// A row, read from left to right in the order of its statement.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Value<'static>>);

impl Row {
    pub(crate) fn new(values: Vec<Value<'static>>) -> Self {
        Self(values.into_iter())
    }

    pub(crate) fn next(&mut self) -> Result<Value<'static>, StoreError> {
        self.0
            .next()
            .ok_or_else(|| StoreError::Corrupt("a row has fewer columns than its statement".into()))
    }

    pub(crate) fn optional_integer(&mut self) -> Result<Option<i64>, StoreError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Integer(value) => Ok(Some(value)),
            _ => Err(unexpected("an integer")),
        }
    }

    pub(crate) fn integer(&mut self) -> Result<i64, StoreError> {
        self.optional_integer()?
            .ok_or_else(|| unexpected("an integer"))
    }

    /// A count, which no row can make negative.
    pub(crate) fn count(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.integer()?).map_err(|_| unexpected("a count"))
    }

    /// The same where there may be none.
    pub(crate) fn optional_count(&mut self) -> Result<Option<u64>, StoreError> {
        let count = self.optional_integer()?.map(u64::try_from).transpose();
        count.map_err(|_| unexpected("a count"))
    }

    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.integer()? != 0)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value.into_owned())),
            _ => Err(unexpected("text")),
        }
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        self.optional_text()?.ok_or_else(|| unexpected("text"))
    }

    pub(crate) fn optional_blob(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Blob(value) => Ok(Some(value.into_owned())),
            _ => Err(unexpected("bytes")),
        }
    }

    pub(crate) fn blob(&mut self) -> Result<Vec<u8>, StoreError> {
        match self.next()? {
            Value::Blob(value) => Ok(value.into_owned()),
            _ => Err(unexpected("bytes")),
        }
    }

    /// Bytes of a length that the type knows: an id, a hash.
    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        self.blob()?
            .try_into()
            .map_err(|_| unexpected("bytes of another length"))
    }

    /// A list, kept as a JSON array of strings.
    pub(crate) fn list(&mut self) -> Result<Vec<String>, StoreError> {
        serde_json::from_str(&self.text()?).map_err(|_| unexpected("a list"))
    }
}

/// A list as it is kept.
pub(crate) fn list_text(list: &[String]) -> String {
    serde_json::Value::from(list.to_vec()).to_string()
}

fn unexpected(wanted: &str) -> StoreError {
    StoreError::Corrupt(format!("a column does not hold {wanted}"))
}
