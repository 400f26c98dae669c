#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "thaw/applications/application.h"

namespace thaw::applications {

/// Where downloaded weights are kept: cache_folder()/weights; empty where there is none.
std::filesystem::path weights_folder();

/// The file in thaw's folder, or else in Keras's own (KERAS_HOME or ~/.keras, models/), or among
/// what was installed with the program (share/thaw/weights beside its folder), if it is there and
/// whole; or else one of file.otherwise.
std::optional<std::filesystem::path> find_weights(const WeightsFile& file);

/// The same, not verified: where a file of that name lies.
std::optional<std::filesystem::path> weights_path(const WeightsFile& file);

/// find_weights(), or else the file downloaded into thaw's folder. The environment's
/// THAW_WEIGHTS_URL replaces the address's folder (a mirror). Throws Error that says which file to
/// put where, for one without an address how_to_get too.
std::filesystem::path fetch_weights(
    const WeightsFile& file, const std::function<bool(int64_t received, int64_t total)>& progress);

/// Throws Error unless the file is HDF5 and as long as it says itself; for files whose hash is not
/// published.
void check_hdf5_is_whole(const std::filesystem::path& path);

}  // namespace thaw::applications
