#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/shape.h"
#include "thaw/formats/keras/old_names.h"

/// One layer, or one model, as an entry of a config's list of layers.
namespace thaw::keras {

/// Empty where there is no text.
std::string text_or_empty(const Config* value);
bool is_model(const std::string& class_name);
/// Its class and config, in today's words.
ClassAndConfig read_entry(const Config& entry);
std::string name_of(const Config& entry);
/// For messages: layer "conv" (Conv2D).
std::string describe(const Config& entry);
/// Of a config; true unless it says otherwise.
bool flag_of(const Config& config);

/// Adds to `dropped` what a layer's config asks for that no layer here does. Throws Error for
/// weights that are no floats.
void note_dropped(const std::string& name, const Config& config, std::vector<std::string>& dropped);

/// The shape in a layer's config, without its batch axis; unknown sizes are −1.
std::optional<Shape> declared_shape(const Config& config);
/// The declared shape, its unknown sizes filled in from the given one.
Shape settle_shape(const std::optional<Shape>& declared, const std::optional<Shape>& given);

/// The entries of a model's config. Throws Error when there are none, or far too many.
const Config::List& layers_of(const Config& config);

}  // namespace thaw::keras
