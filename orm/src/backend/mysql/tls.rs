//! Encrypted connections: what the URL asks for, and what a failed handshake means.

use std::path::Path;

use mysql_async::{Conn, DriverError, Error, Opts, OptsBuilder};

use crate::backend::url::{Options, Tls};
use crate::backend::{DbError, DbErrorKind};

/// Adds what the options ask for.
///
/// # Errors
/// [`DbErrorKind::Config`] for options that contradict each other, a file that cannot be read, and
/// where TLS is not compiled in.
pub(super) fn with_tls(builder: OptsBuilder, options: &Options) -> Result<OptsBuilder, DbError> {
    let tls = options.tls();
    if let (Some(ca), true) = (&options.tls_ca, tls != Tls::Required) {
        return Err(config(format!(
            "the database URL's option `tls_ca={}` needs `tls=required`: nothing else checks the \
             server's certificate",
            ca.display()
        )));
    }
    match tls {
        Tls::Disabled => Ok(builder),
        _ if cfg!(not(feature = "tls")) => Err(config(
            "the database URL asks for TLS: switch on the cargo feature `tls` of orm, or of orm-cli \
             where the command line is what connects",
        )),
        _ => encrypted(builder, tls, options.tls_ca.as_deref()),
    }
}

#[cfg(feature = "tls")]
fn encrypted(builder: OptsBuilder, tls: Tls, ca: Option<&Path>) -> Result<OptsBuilder, DbError> {
    use mysql_async::SslOpts;
    let mut ssl = SslOpts::default();
    if tls == Tls::Preferred {
        ssl = ssl
            .with_danger_accept_invalid_certs(true)
            .with_danger_skip_domain_validation(true);
    }
    if let Some(ca) = ca {
        // Read once: a pool must not fail later since the file was moved.
        let certificates = authorities(ca)?;
        ssl = ssl
            .with_root_certs(vec![certificates.into()])
            .with_disable_built_in_roots(true);
    }
    Ok(builder.ssl_opts(ssl))
}

#[cfg(not(feature = "tls"))]
fn encrypted(builder: OptsBuilder, _: Tls, _: Option<&Path>) -> Result<OptsBuilder, DbError> {
    Ok(builder)
}

/// The content of the file of authorities. The driver would take a file without any for an empty list.
#[cfg(feature = "tls")]
fn authorities(file: &Path) -> Result<Vec<u8>, DbError> {
    let place = file.display();
    let bytes = std::fs::read(file).map_err(|error| {
        config(format!(
            "the file of the database URL's option `tls_ca={place}` cannot be read: {error}"
        ))
        .with_source(error)
    })?;
    let pem = b"-----BEGIN CERTIFICATE-----";
    if !bytes.windows(pem.len()).any(|part| part == pem) {
        return Err(config(format!(
            "the file of the database URL's option `tls_ca={place}` holds no certificate: PEM is \
             wanted, which begins with -----BEGIN CERTIFICATE-----"
        )));
    }
    Ok(bytes)
}

/// Connects; without TLS where it is only preferred and the server has none.
pub(super) async fn dial(opts: &Opts, tls: Tls) -> Result<Conn, Error> {
    match Conn::new(opts.clone()).await {
        Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) if tls == Tls::Preferred => {
            let plain = OptsBuilder::from_opts(opts.clone()).ssl_opts(None::<mysql_async::SslOpts>);
            Conn::new(plain).await
        }
        result => result,
    }
}

/// What failed, when it was the encryption: no other host and no later attempt mends that.
pub(super) fn failed(error: &Error, place: &str) -> Option<DbError> {
    let why = match error {
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            "the server offers no TLS, and the URL says tls=required: give the server a certificate, or \
             leave `tls` out of the URL where the network can be trusted"
                .to_owned()
        }
        #[cfg(feature = "tls")]
        Error::Io(mysql_async::IoError::Tls(error)) if !is_cut(&error.to_string()) => {
            handshake(&error.to_string())
        }
        _ => return None,
    };
    Some(config(format!("cannot connect to {place} with TLS: {why}")))
}

/// Whether the connection broke while the two spoke of encryption, which says nothing of certificates.
#[cfg(any(feature = "tls", test))]
fn is_cut(text: &str) -> bool {
    let lower = text.to_lowercase();
    let cut = [
        "reset by peer",
        "broken pipe",
        "unexpected eof",
        "connection closed",
    ];
    cut.iter().any(|part| lower.contains(part))
}

/// The library's text differs by platform: what it is known to say gets its way out.
#[cfg(any(feature = "tls", test))]
fn handshake(text: &str) -> String {
    let lower = text.to_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let way_out = if any(&["hostname mismatch", "ip address mismatch", "host name"]) {
        "the certificate was made out to another host: write the name that it holds in the URL"
    } else if any(&["expired", "not yet valid"]) {
        "renew the server's certificate, and look at the clocks of both machines"
    } else if any(&[
        "self-signed",
        "self signed",
        "issuer",
        "unknown ca",
        "not trusted",
    ]) {
        "no authority known here has signed the certificate: name the file of the one that has with \
         `tls_ca=/path/to/ca.pem` in the URL"
    } else {
        "see the options `tls` and `tls_ca` of the URL, and the server's certificate"
    };
    format!("{}: {way_out}", reason(text))
}

/// OpenSSL names its functions and lines, and says what matters in brackets at the end.
#[cfg(any(feature = "tls", test))]
fn reason(text: &str) -> &str {
    let last = text.rsplit_once(" (").map(|(_, rest)| rest);
    match last.and_then(|rest| rest.strip_suffix(')')) {
        Some(why) if text.starts_with("error:") => why,
        _ => text,
    }
}

fn config(message: impl Into<String>) -> DbError {
    DbError::new(DbErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_get_their_way_out() {
        let openssl = |why: &str| {
            handshake(&format!(
                "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify \
                 failed:../ssl/statem/statem_clnt.c:1890: ({why})"
            ))
        };
        for (why, way_out) in [
            ("Hostname mismatch", "another host"),
            ("IP address mismatch", "another host"),
            ("self-signed certificate in certificate chain", "tls_ca="),
            ("unable to get local issuer certificate", "tls_ca="),
            ("certificate has expired", "renew"),
        ] {
            let text = openssl(why);
            assert!(text.starts_with(&format!("{why}: ")), "{text}");
            assert!(text.contains(way_out), "{text}");
        }
        assert!(is_cut("Connection reset by peer (os error 104)"));
        assert!(!is_cut("certificate verify failed"));
        assert_eq!(
            handshake("an odd thing"),
            "an odd thing: see the options `tls` and `tls_ca` of the URL, and the server's certificate"
        );
    }

    #[test]
    fn authorities_need_a_check() {
        for tls in [Tls::Preferred, Tls::Disabled] {
            let options = Options {
                tls: Some(tls),
                tls_ca: Some("ca.pem".into()),
                ..Options::default()
            };
            let error = with_tls(OptsBuilder::default(), &options).expect_err("contradiction");
            assert!(error.message.contains("needs `tls=required`"), "{error}");
        }
    }
}
