//! The connection file: where the front end wants the sockets, and the key that both sides sign with.

use std::net::IpAddr;
use std::path::Path;

use jupyter_protocol::ConnectionInfo;
use jupyter_protocol::connection_info::Transport;

use crate::{Error, Result};

/// The only signature that is spoken.
const SIGNATURE: &str = "hmac-sha256";

/// No front end writes more; Jupyter's have 300 bytes.
const LARGEST: u64 = 64 * 1024;

/// Reads the connection file and refuses what would let strangers in.
///
/// # Errors
/// If it can't be read, has no key, or names an address that other machines reach.
pub fn read(path: &Path) -> Result<ConnectionInfo> {
    let refused = |reason: String| Error::Connection { path: path.to_owned(), reason };
    let size = std::fs::metadata(path).map_err(Error::file(path))?.len();
    if size > LARGEST {
        return Err(refused(format!("it has {size} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
    let info: ConnectionInfo = serde_json::from_str(&text).map_err(|e| refused(e.to_string()))?;
    check(&info).map_err(refused)?;
    Ok(info)
}

fn check(info: &ConnectionInfo) -> std::result::Result<(), String> {
    if info.signature_scheme != SIGNATURE {
        return Err(format!("its signature_scheme is {:?}, but only {SIGNATURE} is understood", info.signature_scheme));
    }
    if info.key.is_empty() {
        return Err("its key is empty: anybody on this machine could run code with your rights".into());
    }
    let loopback = info.ip == "localhost" || info.ip.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    if info.transport == Transport::TCP && !loopback {
        return Err(format!(
            "its ip is {:?}, which other machines may reach, and messages are signed but not encrypted; let it be \
             127.0.0.1 and use an SSH tunnel",
            info.ip
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn outcome(change: impl FnOnce(&mut Value)) -> std::result::Result<ConnectionInfo, String> {
        let mut file = json!({
            "transport": "tcp", "ip": "127.0.0.1", "key": "k", "signature_scheme": "hmac-sha256", "kernel_name": "",
            "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5,
        });
        change(&mut file);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kernel.json");
        std::fs::write(&path, file.to_string()).unwrap();
        read(&path).map_err(|e| e.to_string())
    }

    #[test]
    fn loopback_and_ipc_are_served() {
        for ip in ["127.0.0.1", "127.0.0.9", "::1", "localhost"] {
            assert_eq!(outcome(|file| file["ip"] = ip.into()).unwrap().ip, ip);
        }
        let ipc = |file: &mut Value| (file["transport"], file["ip"]) = ("ipc".into(), "/run/kernel".into());
        assert_eq!(outcome(ipc).unwrap().transport, Transport::IPC);
    }

    #[test]
    fn what_would_let_strangers_in_is_refused() {
        for ip in ["0.0.0.0", "*", "", "::", "10.0.0.1", "example.org", "127.0.0.1.example.org"] {
            let error = outcome(|file| file["ip"] = ip.into()).unwrap_err();
            assert!(error.contains(&format!("its ip is {ip:?}")) && error.contains("SSH tunnel"), "{error}");
        }
        assert!(outcome(|file| file["key"] = "".into()).unwrap_err().contains("its key is empty"));
        let scheme = outcome(|file| file["signature_scheme"] = "hmac-md5".into()).unwrap_err();
        assert!(scheme.contains("only hmac-sha256 is understood"), "{scheme}");
    }

    #[test]
    fn what_is_no_connection_file_is_named() {
        assert!(outcome(|file| file["shell_port"] = 70_000.into()).unwrap_err().contains("kernel.json"));
        assert!(outcome(|file| *file = json!([])).is_err());
        assert!(outcome(|file| file["key"] = "k".repeat(70_000).into()).unwrap_err().contains("bytes"));
    }
}
