#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/train/optimizer.h"

namespace thaw {

/// {"class_name": "Adam", "config": {…}} as Keras 3 writes it.
Config to_config(const Optimizer& optimizer);
/// From that, or from the name alone; in any dialect. Throws Error naming what is not known.
Optimizer optimizer_from(const Config& config);

/// The names of what the optimizer of that config keeps beside each variable, in Keras's order;
/// nullopt when it is not known: what LoadOptions::optimizer_slots takes.
std::optional<std::vector<std::string>> optimizer_slots(const Config& config);

}  // namespace thaw
