//! What is counted of connections before there is a request on them.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Why we refused or ended a connection before the other side did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No whole request came within the time that a connection has for its first.
    NoRequest,
    /// A later request's head took too long.
    HeadTooSlow,
    /// The TLS handshake failed: another version, no certificate for the name, or no TLS at all.
    HandshakeFailed,
    /// The other side took nothing of what we had to send.
    ReaderTooSlow,
    /// The other side of an HTTP/2 connection did not say that it is still there.
    NoPong,
    /// HTTP/2 frames came and came, and no request with them.
    FramesWithoutRequests,
    /// It had been quiet for longest when all places were taken.
    MadeRoom,
    /// Its address has as many connections as one may have.
    TooManyOfAddress,
    /// There was no file descriptor left for it.
    NoFileDescriptors,
}

impl Cause {
    fn name(self) -> &'static str {
        match self {
            Self::NoRequest => "NoRequest",
            Self::HeadTooSlow => "HeadTooSlow",
            Self::HandshakeFailed => "HandshakeFailed",
            Self::ReaderTooSlow => "ReaderTooSlow",
            Self::NoPong => "NoPong",
            Self::FramesWithoutRequests => "FramesWithoutRequests",
            Self::MadeRoom => "MadeRoom",
            Self::TooManyOfAddress => "TooManyOfAddress",
            Self::NoFileDescriptors => "NoFileDescriptors",
        }
    }
}

/// The label of a cause.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CauseLabel {
    reason: &'static str,
}

/// Whose certificate: `server`, `admin`, or an environment's with `environment:` before its name.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CertificateLabel {
    certificate: String,
}

/// What came of reading a certificate that had changed.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReloadLabel {
    certificate: String,
    /// `taken`, or `refused`: then the old one is shown on.
    outcome: &'static str,
}

/// The counters of the listeners.
#[derive(Clone, Default)]
pub struct Front {
    ended: Family<CauseLabel, Counter>,
    expiry: Family<CertificateLabel, Gauge>,
    reloads: Family<ReloadLabel, Counter>,
}

impl Front {
    /// Registers them.
    pub fn registered(registry: &mut Registry) -> Self {
        let front = Self::default();
        registry.register(
            "connections_ended",
            "Connections that were refused or ended by us before the other side did, by reason",
            front.ended.clone(),
        );
        registry.register(
            "certificate_expires_in_seconds",
            "Seconds until a certificate that is shown ends; below 0 it has",
            front.expiry.clone(),
        );
        registry.register(
            "certificate_reloads",
            "Certificates whose files had changed, by what came of it",
            front.reloads.clone(),
        );
        front
    }

    /// Counts a connection that we ended.
    pub fn ended(&self, cause: Cause) {
        let reason = cause.name();
        self.ended.get_or_create(&CauseLabel { reason }).inc();
    }

    /// Notes how long a certificate is still good.
    pub fn expires_in(&self, certificate: &str, seconds: i64) {
        let certificate = certificate.to_owned();
        self.expiry
            .get_or_create(&CertificateLabel { certificate })
            .set(seconds);
    }

    /// Counts a look at files that had changed.
    pub fn reloaded(&self, certificate: &str, taken: bool) {
        let label = ReloadLabel {
            certificate: certificate.to_owned(),
            outcome: if taken { "taken" } else { "refused" },
        };
        self.reloads.get_or_create(&label).inc();
    }
}
