#pragma once

#include <filesystem>

namespace thaw::testing {

/// Writes `count` pictures of 40×32 pixels a class, each of its class's colour with noise, as BMP:
/// FOLDER/red/0.bmp and so on for red, green, blue.
void draw_pictures(const std::filesystem::path& folder, int count, unsigned seed);

/// A small convolutional network for 32×32 pictures with two batch normalizations, as a file.
void save_small_base(const std::filesystem::path& path);

}  // namespace thaw::testing
