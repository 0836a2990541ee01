//! Resource indicators: for which resource server a token is meant (RFC 8707 §2).

use crate::parameters::Parameters;
use crate::token_request::TokenRequestRefusal;

/// Every `resource` of a request. The parameter may repeat; each value is an absolute URI without
/// a fragment. Whether the client may have a token for it is not decided here.
///
/// # Errors
/// [`TokenRequestRefusal::ResourceMalformed`], which is `invalid_target`.
pub fn read_resources<'p>(
    parameters: &'p Parameters<'_>,
) -> Result<Vec<&'p str>, TokenRequestRefusal> {
    parameters
        .all("resource")
        .map(|resource| match url::Url::parse(resource) {
            Ok(uri) if uri.fragment().is_none() => Ok(resource),
            _ => Err(TokenRequestRefusal::ResourceMalformed),
        })
        .collect()
}
