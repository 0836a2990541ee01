//! Values as PostgreSQL's wire has them.

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::StoreError;
use crate::database::{Row, Value};

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(value) if *kind == Type::INT8 => value.to_sql(kind, out),
            Self::Text(value) if *kind == Type::TEXT || *kind == Type::JSON => {
                value.as_ref().to_sql(kind, out)
            }
            Self::Blob(value) if *kind == Type::BYTEA => value.as_ref().to_sql(kind, out),
            _ => Err(format!("a parameter does not fit the type {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The parameters as the driver wants them.
pub(crate) fn borrowed<'v>(params: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    params
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

/// A row of the driver's as ours.
pub(super) fn row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    values(row).map(Row::new)
}

/// The columns of a row.
pub(crate) fn values(row: &tokio_postgres::Row) -> Result<Vec<Value<'static>>, StoreError> {
    let wrong = |_| StoreError::Corrupt("a column cannot be read".into());
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        let kind = column.type_();
        values.push(if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(index).map_err(wrong)?.into()
        } else if *kind == Type::TEXT {
            row.try_get::<_, Option<String>>(index)
                .map_err(wrong)?
                .into()
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(index)
                .map_err(wrong)?
                .map_or(Value::Null, |bytes| Value::Blob(bytes.into()))
        } else if *kind == Type::BOOL {
            row.try_get::<_, Option<bool>>(index).map_err(wrong)?.into()
        } else {
            return Err(StoreError::Corrupt(format!("a column has the type {kind}")));
        });
    }
    Ok(values)
}
