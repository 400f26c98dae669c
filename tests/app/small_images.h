#pragma once

#include <filesystem>

namespace thaw::testing {

/// Writes `count` images of 40×32 pixels a class, each of its class's colour with noise, as BMP:
/// FOLDER/red/0.bmp and so on for red, green, blue.
void draw_images(const std::filesystem::path& folder, int count, unsigned seed);

/// A small convolutional network for 32×32 images with two batch normalizations, as a file.
void save_small_base(const std::filesystem::path& path);

}  // namespace thaw::testing
