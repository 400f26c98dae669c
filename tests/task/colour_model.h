#pragma once

#include <filesystem>
#include <string>

#include "thaw/graph/functional.h"
#include "thaw/graph/layer.h"

namespace thaw::testing {

/// The mean colour of an image, in the order blue, green, red, divided by 20: numbers from 0 to
/// 12.75, of which the largest is the class of what draw_images() draws.
struct ColourModel {
  Symbol image;
  Symbol colour;  ///< the linear Dense "colour" of three units
};
ColourModel colour_model();

/// One of its outputs, with a note that images are fed as they are.
Functional model_of(const Symbol& image, const Symbol& output);

/// Writes `model` to a .keras file as compiled with this loss, in Keras's JSON; empty: not
/// compiled.
void save_compiled(const Functional& model, const std::string& loss,
                   const std::filesystem::path& path);

}  // namespace thaw::testing
