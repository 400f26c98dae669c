#include "fuzz/targets.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "support/temporary_folder.h"
#include "thaw/core/error.h"
#include "thaw/data/image.h"
#include "thaw/data/source.h"
#include "thaw/formats/format.h"
#include "thaw/formats/import/import_graph.h"
#include "thaw/formats/json.h"
#include "thaw/formats/model_file.h"
#include "thaw/formats/onnx/read_onnx.h"
#include "thaw/formats/safetensors/safetensors.h"
#include "thaw/formats/tensorflow/byte_reader.h"
#include "thaw/formats/tensorflow/saved_model.h"
#include "thaw/formats/tensorflow/tensor_bundle.h"
#include "thaw/formats/torch/state_dict.h"
#include "thaw/heads/unknown_detector.h"

namespace thaw::testing {
namespace {

/// As of Adam, so that states of optimizers are read too.
std::optional<std::vector<std::string>> two_slots(const Config&) {
  return {{"momentum", "velocity"}};
}

bool read_model(std::string bytes) {
  try {
    (void)read_model_bytes(std::move(bytes), {.optimizer_slots = two_slots});
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// A folder that costs no disk where the system has one: each change is a file.
const TemporaryFolder& in_memory() {
  static const TemporaryFolder folder = [] {
    const Environment place("TMPDIR",
                            std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp");
    return TemporaryFolder();
  }();
  return folder;
}

/// Whether `list` gives images, some of which are then decoded: one that cannot be is no fault of
/// its source.
template <typename List>
bool lists(List list) {
  try {
    const ImageFolder images = list();
    for (size_t i = 0; i < images.files.size() && i < 8; ++i) {
      try {
        (void)read_image(images.files[i], {.max_pixels = 1 << 20}, images.contents.get());
      } catch (const Error&) {
      }
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool read_source(const std::string& name, const std::string& bytes) {
  const TemporaryFolder& folder = in_memory();
  const auto file = folder.write(name, bytes);
  const bool is_read = lists([&] { return list_source(file); });
  lists([&] {
    const auto parts = source_parts(file);
    return list_source(parts ? parts->training : file / "train", {.one_class = true});
  });
  lists([&] { return list_unlabelled(std::span(&file, 1)); });
  return is_read;
}

}  // namespace

bool read_idx(std::string bytes) {
  const TemporaryFolder& folder = in_memory();
  folder.write("labels-idx1-ubyte", bytes);
  const auto file =
      folder.write("images-idx3-ubyte", std::string("\0\0\x8\3\0\0\0\2\0\0\0\1\0\0\0\1ab", 18));
  lists([&] { return list_source(file); });
  folder.write("images-idx3-ubyte", bytes);
  return lists([&] { return list_unlabelled(std::span(&file, 1)); });
}

bool read_zip(std::string bytes) { return read_source("photos.zip", bytes); }
bool read_tar(std::string bytes) { return read_source("photos.tar", bytes); }
bool read_csv(std::string bytes) { return read_source("photos.csv", bytes); }
bool read_json_lines(std::string bytes) { return read_source("photos.jsonl", bytes); }

bool read_torch(std::string bytes) {
  try {
    const torch::StateDict file{ModelInput(std::move(bytes))};
    for (const torch::StoredTensor& tensor : file.tensors())
      if (tensor.type != torch::NumberType::int64) (void)file.values(tensor);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool read_unknown_detector(std::string bytes) {
  try {
    const UnknownDetector detector = UnknownDetector::from_config(parse_json(bytes));
    const std::vector<float> image(static_cast<size_t>(detector.columns()), 1.0F);
    return !std::isnan(detector.score(image));
  } catch (const Error&) {
    return false;
  }
}

bool read_safetensors(std::string bytes) {
  try {
    return !thaw::read_safetensors(bytes).tensors.empty();
  } catch (const Error&) {
    return false;
  }
}

bool read_tensorflow_js(std::string bytes) {
  const size_t end = std::min(bytes.find('\0'), bytes.size());
  const TemporaryFolder& folder = in_memory();
  folder.write("tensorflow_js/model.json", bytes.substr(0, end));
  folder.write("tensorflow_js/weights.bin", bytes.substr(std::min(end + 1, bytes.size())));
  try {
    (void)read_model_file(folder / "tensorflow_js/model.json");
    return true;
  } catch (const Error&) {
    return false;
  }
}

namespace {

/// Files in memory by their names.
class FewFiles final : public tensorflow::FileSet {
 public:
  explicit FewFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  bool has(const std::string& name) const override { return files_.contains(name); }
  uint64_t size(const std::string& name) const override { return content(name).size(); }
  std::string read(const std::string& name, uint64_t offset, uint64_t count) const override {
    const std::string& bytes = content(name);
    if (offset > bytes.size() || count > bytes.size() - offset) throw Error(name + ": is cut off");
    return bytes.substr(offset, count);
  }

 private:
  const std::string& content(const std::string& name) const {
    const auto found = files_.find(name);
    if (found == files_.end()) throw Error(name + ": there is none");
    return found->second;
  }

  std::map<std::string, std::string> files_;
};

}  // namespace

bool read_graph_def(std::string bytes) {
  try {
    const bool is_saved_model = bytes.starts_with('\x08');
    foreign::ForeignGraph graph =
        is_saved_model ? tensorflow::read_saved_model(FewFiles({{"saved_model.pb", bytes}}))
                       : tensorflow::read_graph_def(bytes);
    (void)foreign::import_graph(std::move(graph), {});
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool read_tensor_bundle(std::string bytes) {
  if (bytes.size() < 8) return false;
  try {
    const uint64_t length = tensorflow::ByteReader(bytes).fixed64();
    const size_t end = 8 + std::min<uint64_t>(length, bytes.size() - 8);
    const FewFiles files(
        {{"v.index", bytes.substr(8, end - 8)}, {"v.data-00000-of-00001", bytes.substr(end)}});
    const tensorflow::TensorBundle bundle(files, "v");
    for (const std::string& key : bundle.keys()) (void)bundle.read(key);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool read_tflite(std::string bytes) {
  if (bytes.size() >= 8) bytes.replace(4, 4, "TFL3");
  return read_model(std::move(bytes));
}

bool read_h5(std::string bytes) {
  // libFuzzer need not find the first eight bytes by itself.
  if (!bytes.starts_with("\x89HDF\r\n\x1a\n")) bytes.insert(0, "\x89HDF\r\n\x1a\n");
  return read_model(std::move(bytes));
}

bool read_onnx(std::string bytes) {
  try {
    (void)foreign::import_graph(onnx::read_onnx(bytes, nullptr), {});
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool read_keras(std::string bytes) {
  if (!bytes.starts_with("PK")) bytes.insert(0, "PK");
  return read_model(std::move(bytes));
}

}  // namespace thaw::testing
