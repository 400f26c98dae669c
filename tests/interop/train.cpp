// thaw_interop_train MODEL IMAGES TARGETS STEPS OUT: reads a model that was being trained, goes on
// for STEPS steps on one batch of all samples, and writes it. IMAGES and TARGETS are raw float32.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/data/array_dataset.h"
#include "thaw/train/model.h"

namespace {

thaw::Tensor samples(const std::string& path, const thaw::Shape& of_one) {
  const std::string bytes = thaw::read_file(path);
  const auto count = static_cast<int64_t>(bytes.size() / sizeof(float)) / of_one.elements();
  thaw::Tensor result(of_one.with_batch(count));
  if (bytes.size() != result.values().size_bytes())
    throw thaw::Error(path + ": expected whole samples of " + of_one.to_string());
  bytes.copy(reinterpret_cast<char*>(result.data()), bytes.size());
  return result;
}

void run(std::span<char*> words) {
  if (words.size() != 6) throw thaw::Error("expected MODEL IMAGES TARGETS STEPS OUT");
  std::vector<std::string> dropped;
  const thaw::Model model = thaw::Model::load(words[1], {}, &dropped);
  for (const std::string& what : dropped) std::fprintf(stderr, "not kept: %s\n", what.c_str());
  const thaw::Tensor x = samples(words[2], model.inputs()[0].shape());
  const thaw::Tensor y = samples(words[3], model.outputs()[0].shape());
  thaw::Engine engine;
  model.fit(engine, thaw::ArrayDataset(x, y),
            {.epochs = std::atoi(words[4]), .batch_size = x.shape()[0], .shuffle = false});
  model.save(words[5]);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run({argv, static_cast<size_t>(argc)});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
