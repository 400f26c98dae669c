#pragma once

#include <memory>
#include <optional>
#include <string>

#include "thaw/formats/format.h"
#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/formats/keras/zip_file.h"

/// What Keras's forms of model files have in common.
namespace thaw::keras {

/// The most bytes that a file's configuration may have.
inline constexpr uint64_t largest_config = uint64_t{64} << 20;

/// Whether the content is HDF5, by its signature.
bool is_hdf5(const ModelInput& input);
/// Throws Error when it is damaged.
Hdf5File open_hdf5(const ModelInput& input);

/// Throws Error when it is no zip file.
std::unique_ptr<ZipReader> open_zip(const ModelInput& input);

/// How a file's config is to be read: as `given` says, in the words of the Keras that wrote it.
/// `version` is what the file says of that ("2.15.0"), nullptr or null where it says nothing.
ReadOptions read_options(const LoadOptions& given, const Config* version, const Config& config);

/// Takes up what compile() was told, in any dialect, and how far the optimizer has come. Nothing of
/// it can make a file unreadable: what is not understood is named in content.dropped.
/// `config`: nullptr where the file holds none.
void read_training(const Config* config, const Hdf5File& weights, const LoadOptions& options,
                   ModelFile& content);

/// Takes up metadata() as JSON text.
void read_metadata(const Functional& model, const std::optional<std::string>& text);

/// About how many bytes a file of the model's weights takes: these, and some KB a layer.
size_t likely_bytes(const Functional& model);

}  // namespace thaw::keras
