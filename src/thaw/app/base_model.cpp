#include "thaw/app/base_model.h"

#include <filesystem>

#include "thaw/applications/application.h"
#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"

namespace thaw::app {
namespace {

Shape square(int size) { return {int64_t{size}, int64_t{size}, int64_t{3}}; }

Functional from_file(const BaseFlags& flags) {
  LoadOptions options;
  if (flags.image_size) options.input_shape = square(*flags.image_size);
  const Functional whole = load_model(flags.base, options);
  Functional base = applications::base_of(whole);
  for (const auto& [key, value] : whole.metadata().as_map())
    if (base.metadata().find(key) == nullptr) base.metadata().set(key, value);
  if (flags.image_size && base.inputs()[0].shape() != square(*flags.image_size)) {
    const Config metadata = base.metadata();
    base = base.with_input_shape(square(*flags.image_size));
    base.metadata() = metadata;
  }
  // The file's own weights are what naming it asks for; "imagenet" is the flag's default.
  if (flags.weights == "none") {
    base.initialize_weights(flags.seed);
  } else if (flags.weights != "imagenet") {
    load_weights(base, flags.weights);
  }
  return base;
}

Functional from_name(const BaseFlags& flags) {
  auto [network, options] = applications::find(flags.base);
  const int size = flags.image_size.value_or(static_cast<int>(network->default_size));
  options.input_shape = square(size);
  options.include_top = false;
  options.weights = flags.weights;
  options.on_download = flags.on_download;
  Functional base = applications::create(*network, options);
  if (flags.weights == "none") base.initialize_weights(flags.seed);
  return base;
}

}  // namespace

bool names_a_file(const std::string& text) {
  std::error_code ignored;
  return text.ends_with(".h5") || text.ends_with(".keras") || text.find('/') != std::string::npos ||
         std::filesystem::is_regular_file(text, ignored);
}

Functional base_model(const BaseFlags& flags) {
  return with_context(
      "--base", [&] { return names_a_file(flags.base) ? from_file(flags) : from_name(flags); });
}

}  // namespace thaw::app
