#pragma once

#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/formats/keras/hdf5/writer.h"
#include "thaw/formats/model_file.h"

namespace thaw::keras {

/// Reads the weights of a whole-model or weights-only .h5, or of Keras 3's .weights.h5, told apart
/// by their attributes. The model changes only once all was read and fits.
WeightsReport read_weights(const Functional& model, const Hdf5File& file,
                           const WeightsOptions& options);

/// Writes Keras 3's form: layers/conv2d/vars/0, …
void write_weights(const Functional& model, Hdf5Writer& file);
/// Writes the legacy form into `group` ("" or "model_weights").
void write_legacy_weights(const Functional& model, Hdf5Writer& file, const std::string& group);

}  // namespace thaw::keras
