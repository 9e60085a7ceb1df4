//! Where the boxes of a graph stand: in layers, with few crossings and short, straight edges.

/// Rounds in which layers are put in order, and in which boxes move towards their neighbours.
const ROUNDS: usize = 12;
/// How much more the bends of a long edge care for a straight line than boxes do.
const STRAIGHT: f64 = 4.0;
/// Space between two boxes, between a bend and its neighbours, in pixels.
const GAP: f64 = 18.0;

/// The places of boxes and of the bends of edges that pass other layers.
#[derive(Debug)]
pub(crate) struct Layers {
    /// How many layers there are.
    pub(crate) count: usize,
    /// Layer and middle of each box.
    pub(crate) boxes: Vec<(usize, f64)>,
    /// For each edge, its middles in the layers that it passes.
    pub(crate) bends: Vec<Vec<f64>>,
    pub(crate) width: f64,
}

/// A place in a layer: a box, or the bend of an edge.
struct Cell {
    layer: usize,
    width: f64,
    bend: bool,
    up: Vec<usize>,
    down: Vec<usize>,
}

/// Arranges boxes of these widths, given in an order in which each edge leads from an earlier to a later one.
pub(crate) fn arrange(widths: &[f64], edges: &[(usize, usize)]) -> Layers {
    let layer_of = layers(widths.len(), edges);
    let mut cells: Vec<Cell> = widths
        .iter()
        .zip(&layer_of)
        .map(|(&width, &layer)| Cell { layer, width, bend: false, up: Vec::new(), down: Vec::new() })
        .collect();
    let mut chains = Vec::new();
    for &(from, to) in edges {
        let mut chain = vec![from];
        for layer in layer_of[from] + 1..layer_of[to] {
            chain.push(cells.len());
            cells.push(Cell { layer, width: 0.0, bend: true, up: Vec::new(), down: Vec::new() });
        }
        chain.push(to);
        for pair in chain.windows(2) {
            cells[pair[0]].down.push(pair[1]);
            cells[pair[1]].up.push(pair[0]);
        }
        chains.push(chain);
    }
    let count = layer_of.iter().max().map_or(0, |last| last + 1);
    let mut rows = vec![Vec::new(); count];
    cells.iter().enumerate().for_each(|(i, cell)| rows[cell.layer].push(i));
    order(&cells, &mut rows);
    let x = place(&cells, &rows);

    let edge = |side: f64, i: usize| x[i] + side * cells[i].width / 2.0;
    let left = (0..cells.len()).map(|i| edge(-1.0, i)).fold(f64::INFINITY, f64::min);
    let right = (0..cells.len()).map(|i| edge(1.0, i)).fold(f64::NEG_INFINITY, f64::max);
    Layers {
        count,
        boxes: layer_of.iter().enumerate().map(|(i, &layer)| (layer, x[i] - left)).collect(),
        bends: chains.iter().map(|chain| chain[1..chain.len() - 1].iter().map(|&i| x[i] - left).collect()).collect(),
        width: if left <= right { right - left } else { 0.0 },
    }
}

/// Each box one layer below its lowest input; those without inputs right above what they are used for.
fn layers(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; count];
    // Edges by their lower end: all inputs of a box are settled before it is.
    let mut by_end: Vec<_> = edges.to_vec();
    by_end.sort_by_key(|edge| edge.1);
    for &(from, to) in &by_end {
        layer[to] = layer[to].max(layer[from] + 1);
    }
    for i in 0..count {
        if edges.iter().all(|edge| edge.1 != i)
            && let Some(first) = edges.iter().filter(|edge| edge.0 == i).map(|edge| layer[edge.1]).min()
        {
            layer[i] = first - 1;
        }
    }
    layer
}

/// Puts each layer in the order of the mean place of its neighbours, down and up in turn, and keeps the best.
fn order(cells: &[Cell], rows: &mut Vec<Vec<usize>>) {
    let mut best = (crossings(cells, rows), rows.clone());
    for round in 0..ROUNDS {
        let down = round % 2 == 0;
        let lines: Vec<usize> =
            if down { (1..rows.len()).collect() } else { (0..rows.len().saturating_sub(1)).rev().collect() };
        for line in lines {
            let places = places(cells.len(), rows);
            let mean = |i: usize| {
                let neighbours = if down { &cells[i].up } else { &cells[i].down };
                let sum: f64 = neighbours.iter().map(|&n| places[n]).sum();
                if neighbours.is_empty() { places[i] } else { sum / neighbours.len() as f64 }
            };
            let mut keyed: Vec<(f64, usize)> = rows[line].iter().map(|&i| (mean(i), i)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            rows[line] = keyed.into_iter().map(|(_, i)| i).collect();
        }
        swap_neighbours(cells, rows);
        let now = crossings(cells, rows);
        if now < best.0 {
            best = (now, rows.clone());
        }
    }
    *rows = best.1;
}

/// The place of each cell in its row, from 0 to 1.
fn places(count: usize, rows: &[Vec<usize>]) -> Vec<f64> {
    let mut places = vec![0.0; count];
    for row in rows {
        row.iter().enumerate().for_each(|(at, &i)| places[i] = (at as f64 + 0.5) / row.len() as f64);
    }
    places
}

/// Exchanges neighbours wherever that undoes crossings.
fn swap_neighbours(cells: &[Cell], rows: &mut [Vec<usize>]) {
    let mut at = vec![0; cells.len()];
    rows.iter().flat_map(|row| row.iter().enumerate()).for_each(|(place, &i)| at[i] = place);
    let mut improved = true;
    while improved {
        improved = false;
        for row in rows.iter_mut() {
            for place in 1..row.len() {
                let (left, right) = (row[place - 1], row[place]);
                let crossed = |a: usize, b: usize| {
                    let pairs = |a: &[usize], b: &[usize]| {
                        a.iter().map(|&m| b.iter().filter(|&&n| at[m] > at[n]).count()).sum::<usize>()
                    };
                    pairs(&cells[a].up, &cells[b].up) + pairs(&cells[a].down, &cells[b].down)
                };
                if crossed(right, left) < crossed(left, right) {
                    row.swap(place - 1, place);
                    at.swap(left, right);
                    improved = true;
                }
            }
        }
    }
}

fn crossings(cells: &[Cell], rows: &[Vec<usize>]) -> usize {
    let mut at = vec![0; cells.len()];
    rows.iter().flat_map(|row| row.iter().enumerate()).for_each(|(place, &i)| at[i] = place);
    let of = |row: &Vec<usize>| {
        let edges: Vec<(usize, usize)> =
            row.iter().flat_map(|&i| cells[i].down.iter().map(move |&n| (i, n))).map(|(i, n)| (at[i], at[n])).collect();
        let cross = |a: &(usize, usize), b: &(usize, usize)| a.0 < b.0 && a.1 > b.1 || a.0 > b.0 && a.1 < b.1;
        edges.iter().enumerate().map(|(k, a)| edges[k + 1..].iter().filter(|b| cross(a, b)).count()).sum::<usize>()
    };
    rows.iter().map(of).sum()
}

/// The middles: each row moves as near to its neighbours' middles as the space between its cells allows.
fn place(cells: &[Cell], rows: &[Vec<usize>]) -> Vec<f64> {
    let mut x = vec![0.0; cells.len()];
    for row in rows {
        let mut right = 0.0;
        for &i in row {
            x[i] = right + cells[i].width / 2.0;
            right += cells[i].width + GAP;
        }
    }
    for round in 0..2 * ROUNDS {
        let rows: Vec<&Vec<usize>> = if round % 2 == 0 { rows.iter().collect() } else { rows.iter().rev().collect() };
        for row in rows {
            let wanted: Vec<(f64, f64)> = row.iter().map(|&i| wish(cells, &x, i)).collect();
            let middles = apart(&wanted, |at| {
                let (left, right) = (&cells[row[at - 1]], &cells[row[at]]);
                left.width / 2.0 + GAP + right.width / 2.0
            });
            row.iter().zip(middles).for_each(|(&i, middle)| x[i] = middle);
        }
    }
    x
}

/// Where a cell would like to stand, and how much it cares.
fn wish(cells: &[Cell], x: &[f64], i: usize) -> (f64, f64) {
    let neighbours = || cells[i].up.iter().chain(&cells[i].down);
    let weight = |n: usize| if cells[i].bend && cells[n].bend { STRAIGHT } else { 1.0 };
    let total: f64 = neighbours().map(|&n| weight(n)).sum();
    if total == 0.0 {
        return (x[i], 1.0);
    }
    (neighbours().map(|&n| weight(n) * x[n]).sum::<f64>() / total, total)
}

/// The middles nearest to those wanted (in squares, weighted) that keep the distances `gap` asks for: an isotonic
/// regression, by pooling neighbours that are too close.
fn apart(wanted: &[(f64, f64)], gap: impl Fn(usize) -> f64) -> Vec<f64> {
    let offsets: Vec<f64> = (0..wanted.len())
        .scan(0.0, |sum, at| {
            *sum += if at == 0 { 0.0 } else { gap(at) };
            Some(*sum)
        })
        .collect();
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (&(want, weight), offset) in wanted.iter().zip(&offsets) {
        let mut pool = (want - offset, weight, 1);
        while let Some(&(mean, before, count)) = pools.last() {
            if mean <= pool.0 {
                break;
            }
            pools.pop();
            let total = before + pool.1;
            pool = ((mean * before + pool.0 * pool.1) / total, total, count + pool.2);
        }
        pools.push(pool);
    }
    let starts = pools.iter().flat_map(|&(mean, _, count)| std::iter::repeat_n(mean, count));
    starts.zip(offsets).map(|(start, offset)| start + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_a_layer_keep_apart_and_inputs_stand_above() {
        // Two ladders with rungs, and an edge past all layers.
        let mut edges: Vec<(usize, usize)> = (0..20).map(|i| (i, i + 2)).collect();
        edges.extend((0..20).filter(|i| i % 2 == 0).map(|i| (i, i + 3)).filter(|edge| edge.1 < 22));
        edges.push((0, 21));
        let widths: Vec<f64> = (0..22).map(|i| 60.0 + f64::from(i % 3) * 20.0).collect();
        let layers = arrange(&widths, &edges);
        for &(from, to) in &edges {
            assert!(layers.boxes[from].0 < layers.boxes[to].0);
        }
        for (i, a) in layers.boxes.iter().enumerate() {
            for (j, b) in layers.boxes.iter().enumerate().skip(i + 1) {
                let apart = (a.1 - b.1).abs() >= (widths[i] + widths[j]) / 2.0 + GAP - 1e-6;
                assert!(a.0 != b.0 || apart, "boxes {i} and {j}: {a:?} {b:?}");
            }
            assert!(a.1 - widths[i] / 2.0 >= -1e-9 && a.1 + widths[i] / 2.0 <= layers.width + 1e-9);
        }
    }

    #[test]
    fn a_chain_is_straight_and_a_swapped_pair_is_untangled() {
        let chain = arrange(&[50.0; 5], &[(0, 1), (1, 2), (2, 3), (3, 4)]);
        assert!(chain.boxes.iter().all(|b| (b.1 - 25.0).abs() < 1e-9));
        let pair = arrange(&[50.0; 4], &[(0, 3), (1, 2)]);
        assert_eq!(pair.boxes[0].1 < pair.boxes[1].1, pair.boxes[3].1 < pair.boxes[2].1);
    }

    #[test]
    fn nothing_is_no_layers() {
        assert_eq!(arrange(&[], &[]).count, 0);
    }
}
