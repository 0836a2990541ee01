//! Protocol buffers as gRPC carries them.

use std::marker::PhantomData;

use prost::Message;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Writes `A`, reads `Q`.
pub struct Protobuf<A, Q>(PhantomData<fn() -> (A, Q)>);

impl<A, Q> Default for Protobuf<A, Q> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<A: Message + 'static, Q: Message + Default + 'static> Codec for Protobuf<A, Q> {
    type Encode = A;
    type Decode = Q;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self::default()
    }

    fn decoder(&mut self) -> Self {
        Self::default()
    }
}

impl<A: Message, Q> Encoder for Protobuf<A, Q> {
    type Item = A;
    type Error = Status;

    fn encode(&mut self, item: A, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

impl<A, Q: Message + Default> Decoder for Protobuf<A, Q> {
    type Item = Q;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Q>, Status> {
        Q::decode(buffer)
            .map(Some)
            .map_err(|error| Status::invalid_argument(error.to_string()))
    }
}
