#include "app/small_images.h"

#include "thaw/core/files.h"
#include "thaw/core/random.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"

namespace thaw::testing {
namespace {

void put(std::string& bytes, uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
}

}  // namespace

void draw_images(const std::filesystem::path& folder, int count, unsigned seed) {
  constexpr uint32_t width = 40;
  constexpr uint32_t height = 32;
  constexpr uint32_t header = 54;
  const char* const names[] = {"blue", "green", "red"};
  for (uint32_t label = 0; label < 3; ++label) {
    std::filesystem::create_directories(folder / names[label]);
    for (int n = 0; n < count; ++n) {
      Random random(seed, random_stream(label, static_cast<uint64_t>(n)));
      std::string bytes = "BM";
      put(bytes, header + width * height * 3, 4);
      put(bytes, 0, 4);
      put(bytes, header, 4);
      put(bytes, 40, 4);
      put(bytes, width, 4);
      put(bytes, height, 4);
      put(bytes, 1, 2);
      put(bytes, 24, 2);
      for (int i = 0; i < 6; ++i) put(bytes, 0, 4);
      for (uint32_t i = 0; i < width * height * 3; ++i)
        put(bytes, random.below(160) + (i % 3 == label ? 90 : 0), 1);
      write_file(folder / names[label] / (std::to_string(n) + ".bmp"), bytes);
    }
  }
}

void save_small_base(const std::filesystem::path& path) {
  const Symbol image = input({32, 32, 3}, "image");
  Symbol x = conv_2d({.filters = 8, .kernel_size = 3, .strides = 2, .name = "conv1"})(image);
  x = batch_normalization({.name = "bn1"})(x);
  x = conv_2d({.filters = 8, .kernel_size = 3, .strides = 2, .name = "conv2"})(x);
  const Functional base(image, batch_normalization({.name = "bn2"})(x), "small_base");
  base.initialize_weights(7);
  save_model(base, path);
}

}  // namespace thaw::testing
