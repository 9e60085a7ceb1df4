//! Pictures inside an SVG: pixels as a PNG in a `data:` address.
//!
//! Written by hand because one byte a pixel is all that is needed. What compresses it is there for data sets.

use zlib_rs::{DeflateConfig, ReturnCode, Strategy, compress_bound, compress_slice};

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
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &header);
    if let Some(palette) = palette {
        chunk(&mut out, b"PLTE", palette.as_flattened());
    }
    chunk(&mut out, b"IDAT", &smallest(width, pixels));
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

/// What a pixel is predicted from: nothing, or its neighbours to the left, above, and above on the left.
type Filter = fn(u8, u8, u8) -> u8;

/// PNG's filters by their numbers, but for the mean of two neighbours.
const FILTERS: [(u8, Filter); 4] = [(0, |_, _, _| 0), (1, |left, _, _| left), (2, |_, above, _| above), (4, paeth)];

/// The neighbour that is nearest to left + above − corner.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, above, corner].map(i16::from);
    let by = [(b - c).abs(), (a - c).abs(), (a + b - 2 * c).abs()];
    if by[0] <= by[1] && by[0] <= by[2] {
        left
    } else if by[1] <= by[2] {
        above
    } else {
        corner
    }
}

/// The pixels compressed, with the filter that makes them smallest.
fn smallest(width: usize, pixels: &[u8]) -> Vec<u8> {
    let all = FILTERS.iter().map(|filter| compressed(&filtered(width, pixels, *filter)));
    all.min_by_key(Vec::len).unwrap_or_default()
}

/// How far each pixel is from what its neighbours predict, each row behind the filter's number.
fn filtered(width: usize, pixels: &[u8], (number, filter): (u8, Filter)) -> Vec<u8> {
    let mut out = Vec::with_capacity(pixels.len() + pixels.len().checked_div(width).unwrap_or(0));
    let mut above = vec![0; width];
    for row in pixels.chunks(width.max(1)) {
        out.push(number);
        let (mut left, mut corner) = (0, 0);
        for (pixel, above) in row.iter().zip(&mut above) {
            out.push(pixel.wrapping_sub(filter(left, *above, corner)));
            (left, corner) = (*pixel, *above);
            *above = *pixel;
        }
    }
    out
}

/// `data` as a zlib stream (RFC 1950). Runs and Huffman codes alone: they are what filtered pixels consist of, and the
/// bytes are the same on every machine, which a search for repetitions, fitted to the processor, doesn't promise.
fn compressed(data: &[u8]) -> Vec<u8> {
    let config = DeflateConfig { level: 9, strategy: Strategy::Rle, ..DeflateConfig::default() };
    let mut out = vec![0; compress_bound(data.len())];
    let (stream, code) = compress_slice(&mut out, data, config);
    assert!(code == ReturnCode::Ok, "a buffer of the largest size that a stream can have is large enough");
    stream.to_vec()
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
    }

    #[test]
    fn pixels_come_back_whatever_filter_they_have() {
        let (width, height) = (23, 17);
        for picture in 0..4_usize {
            let value = |i: usize| [(i % width) * i / width, 255 - i % 3, (i * i * 7919) >> 3, 9][picture] as u8;
            let pixels: Vec<u8> = (0..width * height).map(value).collect();
            for filter in FILTERS {
                let mut rows = vec![0; (width + 1) * height];
                let stream = compressed(&filtered(width, &pixels, filter));
                let (rows, code) = zlib_rs::decompress_slice(&mut rows, &stream, zlib_rs::InflateConfig::default());
                assert_eq!((code, rows.len()), (ReturnCode::Ok, (width + 1) * height));
                let mut back: Vec<u8> = Vec::new();
                for (y, row) in rows.chunks(width + 1).enumerate() {
                    for (x, byte) in row[1..].iter().enumerate() {
                        let at = |dx: usize, dy: usize| {
                            if x < dx || y < dy { 0 } else { back[(y - dy) * width + x - dx] }
                        };
                        back.push(byte.wrapping_add(filter.1(at(1, 0), at(0, 1), at(1, 1))));
                    }
                }
                assert_eq!(back, pixels, "picture {picture}, filter {}", filter.0);
            }
            assert!(smallest(width, &pixels).len() <= pixels.len() + height + 11);
        }
    }
}
