//! The messages of `envoy.service.auth.v3`, as far as they are read or written here: fields that are not named are skipped.
//!
//! Tags as in Envoy's `external_auth.proto`, `attribute_context.proto`, `base.proto` and `http_status.proto`, which never
//! change within `v3`.

use std::collections::HashMap;

use prost::Message;

/// A question.
#[derive(Clone, PartialEq, Message)]
pub struct CheckRequest {
    /// What is known of the request.
    #[prost(message, optional, tag = "1")]
    pub attributes: Option<AttributeContext>,
}

/// What is known of a request.
#[derive(Clone, PartialEq, Message)]
pub struct AttributeContext {
    /// The request itself.
    #[prost(message, optional, tag = "4")]
    pub request: Option<RequestAttributes>,
}

/// `AttributeContext.Request`
#[derive(Clone, PartialEq, Message)]
pub struct RequestAttributes {
    /// The request as HTTP.
    #[prost(message, optional, tag = "2")]
    pub http: Option<HttpRequest>,
}

/// `AttributeContext.HttpRequest`
#[derive(Clone, PartialEq, Message)]
pub struct HttpRequest {
    /// The method.
    #[prost(string, tag = "2")]
    pub method: String,
    /// The headers, names in lower case.
    #[prost(map = "string, string", tag = "3")]
    pub headers: HashMap<String, String>,
    /// Path and query, not decoded.
    #[prost(string, tag = "4")]
    pub path: String,
    /// The authority.
    #[prost(string, tag = "5")]
    pub host: String,
    /// Always empty: it stands within the path.
    #[prost(string, tag = "7")]
    pub query: String,
    /// Always empty.
    #[prost(string, tag = "8")]
    pub fragment: String,
}

/// An answer.
#[derive(Clone, PartialEq, Message)]
pub struct CheckResponse {
    /// OK lets the request pass; everything else does not.
    #[prost(message, optional, tag = "1")]
    pub status: Option<RpcStatus>,
    /// What becomes of the request.
    #[prost(oneof = "HttpResponse", tags = "2, 3")]
    pub http_response: Option<HttpResponse>,
}

/// What becomes of a request.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum HttpResponse {
    /// It is answered.
    #[prost(message, tag = "2")]
    Denied(DeniedHttpResponse),
    /// It is changed and passed on.
    #[prost(message, tag = "3")]
    Ok(OkHttpResponse),
}

/// `google.rpc.Status`
#[derive(Clone, PartialEq, Message)]
pub struct RpcStatus {
    /// A code of gRPC; 0 is OK.
    #[prost(int32, tag = "1")]
    pub code: i32,
}

/// The answer to a refused request.
#[derive(Clone, PartialEq, Message)]
pub struct DeniedHttpResponse {
    /// Its status.
    #[prost(message, optional, tag = "1")]
    pub status: Option<HttpStatus>,
    /// Its headers.
    #[prost(message, repeated, tag = "2")]
    pub headers: Vec<HeaderValueOption>,
    /// Its body.
    #[prost(string, tag = "3")]
    pub body: String,
}

/// `envoy.type.v3.HttpStatus`
#[derive(Clone, PartialEq, Message)]
pub struct HttpStatus {
    /// `403`
    #[prost(int32, tag = "1")]
    pub code: i32,
}

/// What changes in a request that passes.
#[derive(Clone, PartialEq, Message)]
pub struct OkHttpResponse {
    /// Headers that are set in it.
    #[prost(message, repeated, tag = "2")]
    pub headers: Vec<HeaderValueOption>,
    /// Headers that are taken out of it, after those have been set.
    #[prost(string, repeated, tag = "5")]
    pub headers_to_remove: Vec<String>,
}

/// A header, and that it stands instead of what is there.
#[derive(Clone, PartialEq, Message)]
pub struct HeaderValueOption {
    /// Name and value.
    #[prost(message, optional, tag = "1")]
    pub header: Option<NameAndValue>,
    /// `google.protobuf.BoolValue`: whether it is added to what is there.
    #[prost(message, optional, tag = "2")]
    pub append: Option<BoolValue>,
}

/// `envoy.config.core.v3.HeaderValue`
#[derive(Clone, PartialEq, Message)]
pub struct NameAndValue {
    /// The name.
    #[prost(string, tag = "1")]
    pub key: String,
    /// The value.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// `google.protobuf.BoolValue`
#[derive(Clone, PartialEq, Message)]
pub struct BoolValue {
    /// The truth.
    #[prost(bool, tag = "1")]
    pub value: bool,
}
