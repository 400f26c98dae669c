// Weights alone in HDF5: Keras 3's ".weights.h5", and the ".h5" that save_weights() of Keras 1 and
// 2 wrote. Sources: keras/src/saving/saving_lib.py, keras/src/legacy/saving/legacy_h5_format.py.
#include "thaw/core/files.h"
#include "thaw/formats/keras/model_parts.h"
#include "thaw/formats/keras/weights.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view weights_endings[] = {".weights.h5"};

bool is_weights(const ModelInput& input) {
  return thaw::keras::is_hdf5(input) &&
         !thaw::keras::open_hdf5(input).text_attribute("", "model_config").has_value();
}

WeightsReport read_weights(const ModelInput& input, const Functional& model,
                           const WeightsOptions& options) {
  return thaw::keras::read_weights(model, thaw::keras::open_hdf5(input), options);
}

void write_weights(const Functional& model, const std::filesystem::path& path) {
  thaw::keras::Hdf5Writer file(thaw::keras::likely_bytes(model));
  thaw::keras::write_weights(model, file);
  write_file(path, file.finish());
}

}  // namespace

extern const ModelFormat keras_weights;
const ModelFormat keras_weights{.name = "keras_weights",
                                .what = "Keras's HDF5 of weights alone",
                                .endings = weights_endings,
                                .is_it = &is_weights,
                                .read = nullptr,
                                .read_weights = &read_weights,
                                .write = nullptr,
                                .write_weights = &write_weights};

}  // namespace thaw::model_formats
