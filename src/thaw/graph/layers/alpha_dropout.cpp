#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Sets numbers to where SELU saturates, and scales so that mean and variance stay, in training;
/// otherwise y = x. Source: Klambauer et al. 2017, "Self-normalizing neural networks".
extern const LayerType alpha_dropout;
constinit const LayerType alpha_dropout{"AlphaDropout", &layers::read_kept_layer<alpha_dropout>};

}  // namespace thaw::layer_types
