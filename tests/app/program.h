#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::testing {

/// What a run of the program left.
struct ProgramRun {
  int exit_code = -1;  ///< 128 + the signal when one ended it
  std::string output;
  std::string errors;
};

struct RunOptions {
  /// Interrupt (SIGINT) as soon as standard error holds this text; empty: never.
  std::string interrupt_at = {};
};

/// Runs `thaw` with these arguments, without a terminal and without a network at hand.
ProgramRun run_thaw(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// Writes `count` pictures of 40×32 pixels a class, each of its class's colour with noise, as BMP:
/// FOLDER/red/0.bmp and so on for red, green, blue.
void draw_pictures(const std::filesystem::path& folder, int count, unsigned seed);

/// A small convolutional network for 32×32 pictures with two batch normalizations, as a file.
void save_small_base(const std::filesystem::path& path);

}  // namespace thaw::testing
