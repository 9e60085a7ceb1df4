//! Pictures inside an SVG: pixels as a PNG in a `data:` address.
//!
//! Written by hand because one byte a pixel, uncompressed, is all that is needed, and the helper crate counts its
//! dependencies: a PNG crate would bring compression that pictures of 28×28 don't repay.

/// Colours as red, green, blue.
pub(crate) type Color = [u8; 3];

/// The `data:` address of a picture: one byte a pixel, row by row; an index into `palette`, or without one a grey.
pub(crate) fn data_url(width: usize, pixels: &[u8], palette: Option<&[Color]>) -> String {
    format!("data:image/png;base64,{}", base64(&png(width, pixels, palette)))
}

fn png(width: usize, pixels: &[u8], palette: Option<&[Color]>) -> Vec<u8> {
    let height = pixels.len().checked_div(width).unwrap_or(0);
    let mut header = Vec::with_capacity(13);
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    header.extend([8, if palette.is_some() { 3 } else { 0 }, 0, 0, 0]);
    let mut rows = Vec::with_capacity(pixels.len() + height);
    for row in pixels.chunks(width.max(1)) {
        rows.push(0); // no filter
        rows.extend(row);
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &header);
    if let Some(palette) = palette {
        chunk(&mut out, b"PLTE", palette.as_flattened());
    }
    chunk(&mut out, b"IDAT", &stored(&rows));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    out.extend((data.len() as u32).to_be_bytes());
    let from = out.len();
    out.extend(name);
    out.extend(data);
    let sum = crc32(&out[from..]);
    out.extend(sum.to_be_bytes());
}

/// `data` as a zlib stream of stored blocks (RFC 1950, RFC 1951).
fn stored(data: &[u8]) -> Vec<u8> {
    const LARGEST: usize = 0xffff;
    let mut out = vec![0x78, 0x01];
    let blocks = data.chunks(LARGEST).count();
    for (i, block) in data.chunks(LARGEST).enumerate() {
        out.push(u8::from(i + 1 == blocks));
        out.extend((block.len() as u16).to_le_bytes());
        out.extend((!(block.len() as u16)).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for &byte in data {
        a = (a + u32::from(byte)) % 65521;
        b = (b + a) % 65521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// The checksum of a PNG's chunk (ISO 3309).
fn crc32(data: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for &byte in data {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    !crc
}

fn base64(data: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(data.len().div_ceil(3) * 4);
    for group in data.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for i in 0..=group.len() {
            out.push(char::from(DIGITS[(bits >> (18 - 6 * i) & 63) as usize]));
        }
        out.extend(std::iter::repeat_n('=', 3 - group.len()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_sums_and_digits() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(base64(b"Man"), "TWFu");
        assert_eq!(base64(b"Ma"), "TWE=");
        assert_eq!(base64(b"M"), "TQ==");
        assert_eq!(stored(b"Wikipedia")[16..].to_vec(), 0x11e6_0398_u32.to_be_bytes());
    }
}
