//! What of this crate can stand below controls: all that shows itself as a cell's value.

use dlnotes_display::Bundle;
use dlnotes_display::controls::{View, captured};

use crate::Tensor;
use crate::plot::{Animator, Figure, Graph, Grid, Network};
use crate::select::{BiasVariance, BiasVarianceCurve, ErrorCurve, GeneralizationGap, Scores, SearchResult};
use crate::stability::{GradientMap, MatrixProduct, PrecisionTable};
use crate::train::History;

macro_rules! views {
    ($($kind:ty),* $(,)?) => {$(
        impl View for $kind {
            fn view(&self) -> Vec<Bundle> {
                captured(|| self.evcxr_display())
            }
        }
    )*};
}
views!(
    Tensor,
    Figure,
    Grid,
    Graph,
    Network,
    Animator,
    History,
    BiasVariance,
    BiasVarianceCurve,
    ErrorCurve,
    GeneralizationGap,
    Scores,
    SearchResult,
    GradientMap,
    MatrixProduct,
    PrecisionTable,
);
