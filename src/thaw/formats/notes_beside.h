#pragma once

#include <filesystem>

#include "thaw/core/config.h"

namespace thaw {

/// The file beside a model's in which is kept what people said of the model, where the model's own
/// file is not to be touched: "m.keras.thaw.json" of "m.keras", also where that is a folder.
std::filesystem::path notes_beside(const std::filesystem::path& model);

/// Adds `notes`, keys of Functional::metadata(), to what is kept beside the file. They hold for
/// what the file contains now: another model of that name is another matter. Throws Error when they
/// cannot be written.
void keep_beside(const std::filesystem::path& model, const Config& notes);

/// What is kept beside the file for what it contains now; an empty map where nothing is.
Config read_beside(const std::filesystem::path& model);

/// `into` with the members of `notes` that it lacks, and those of maps within.
Config with_notes(Config into, const Config& notes);

}  // namespace thaw
