#include "thaw/formats/tflite/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/formats/keras/zip_file.h"
#include "thaw/formats/tflite/metadata_generated.h"
#include "thaw/formats/tflite/tensors.h"

namespace thaw::tflite {
namespace {

constexpr uint64_t largest_labels = uint64_t{1} << 24;

/// What the file says of itself; nullptr where it says nothing.
const schema::SubGraphMetadata* metadata_of(const TfliteFile& file) {
  const auto* entries = file.model().metadata();
  if (entries == nullptr) return nullptr;
  for (const schema::Metadata* entry : *entries) {
    if (text_of(entry->name()) != "TFLITE_METADATA") continue;
    const std::string_view bytes = file.buffer(entry->buffer());
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    flatbuffers::Verifier verifier(data, bytes.size());
    if (bytes.size() < 8 || !schema::VerifyModelMetadataBuffer(verifier)) return nullptr;
    const auto* graphs = schema::GetModelMetadata(data)->subgraphs();
    return graphs == nullptr || graphs->size() == 0 ? nullptr : graphs->Get(0);
  }
  return nullptr;
}

/// The name of the file of labels of the first output that has one.
std::string labels_file(const schema::SubGraphMetadata& metadata) {
  if (metadata.output_tensors() == nullptr) return {};
  for (const schema::TensorMetadata* output : *metadata.output_tensors()) {
    if (output->associated_files() == nullptr) continue;
    for (const schema::AssociatedFile* one : *output->associated_files()) {
      const bool is_labels = one->type() == schema::AssociatedFileType_TENSOR_AXIS_LABELS ||
                             one->type() == schema::AssociatedFileType_TENSOR_VALUE_LABELS;
      if (is_labels && text_of(one->locale()).empty()) return text_of(one->name());
    }
  }
  return {};
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// "0 cat", "1 dog" without their numbers, where all lines have them.
void drop_numbers(std::vector<std::string>& lines) {
  for (size_t i = 0; i < lines.size(); ++i)
    if (!lines[i].starts_with(fmt::format("{} ", i))) return;
  for (std::string& line : lines) line.erase(0, line.find(' ') + 1);
}

void note_classes(const TfliteFile& file, const schema::SubGraphMetadata& metadata,
                  const Functional& model) {
  const std::string name = labels_file(metadata);
  if (name.empty()) return;
  try {
    const auto text = keras::ZipReader(std::string(file.bytes())).member(name, largest_labels);
    if (!text) return;
    std::vector<std::string> names = lines_of(*text);
    drop_numbers(names);
    const int64_t outputs = model.outputs()[0].shape().elements();
    const std::set<std::string> different(names.begin(), names.end());
    // One output tells two classes apart.
    if (std::ssize(names) != (outputs == 1 ? 2 : outputs) || different.size() != names.size() ||
        different.contains(""))
      return;
    Config list{Config::List{}};
    for (const std::string& one : names) list.append(one);
    model.metadata().set("classes", std::move(list));
  } catch (const Error&) {
    return;  // no such file lies in it
  }
}

/// Mean and deviation of pixels of 0 … 255, of each channel.
struct Moments {
  std::vector<double> mean, deviation;
};

std::optional<Moments> moments_of(const schema::SubGraphMetadata& metadata) {
  const auto* inputs = metadata.input_tensors();
  if (inputs == nullptr || inputs->size() != 1 || inputs->Get(0)->process_units() == nullptr)
    return std::nullopt;
  for (const schema::ProcessUnit* unit : *inputs->Get(0)->process_units()) {
    const auto* how = unit->options_as_Normalization();
    if (how == nullptr || how->mean() == nullptr || how->std() == nullptr) continue;
    Moments moments{{how->mean()->begin(), how->mean()->end()},
                    {how->std()->begin(), how->std()->end()}};
    for (std::vector<double>* numbers : {&moments.mean, &moments.deviation})
      if (numbers->size() == 1) numbers->resize(3, numbers->front());
    const auto is_usable = [](double x) { return std::isfinite(x) && x > 0; };
    const bool fits = moments.mean.size() == 3 && moments.deviation.size() == 3 &&
                      std::ranges::all_of(moments.deviation, is_usable) &&
                      std::ranges::all_of(moments.mean, [](double x) { return std::isfinite(x); });
    return fits ? std::optional(moments) : std::nullopt;
  }
  return std::nullopt;
}

/// In the words of a model's image form.
Config preprocessing_of(const Moments& moments) {
  const auto are = [&](double mean, double deviation) {
    return std::ranges::count(moments.mean, mean) == 3 &&
           std::ranges::count(moments.deviation, deviation) == 3;
  };
  if (are(0, 1)) return "none";
  if (are(0, 255)) return "unit";
  if (are(127.5, 127.5)) return "tf";
  Config scale{Config::List{}};
  Config offset{Config::List{}};
  for (size_t c = 0; c < 3; ++c) {
    scale.append(1 / moments.deviation[c]);
    offset.append(-moments.mean[c] / moments.deviation[c]);
  }
  return Config(Config::Map{})
      .set("scale", std::move(scale))
      .set("offset", std::move(offset))
      .set("channels", "rgb");
}

void note_preprocessing(Config preprocessing, const Functional& model) {
  model.metadata().set("pictures",
                       Config(Config::Map{}).set("preprocessing", std::move(preprocessing)));
}

}  // namespace

void note_metadata(const TfliteFile& file, ModelFile& content) {
  const auto* inputs = file.graph().inputs();
  const auto* tensors = file.graph().tensors();
  if (inputs != nullptr && inputs->size() == 1 && tensors != nullptr) {
    const auto index = static_cast<flatbuffers::uoffset_t>(inputs->Get(0));
    if (index < tensors->size() && tensors->Get(index)->type() == schema::TensorType_UINT8)
      note_preprocessing("none", content.model);
  }
  const schema::SubGraphMetadata* metadata = metadata_of(file);
  if (metadata == nullptr) return;
  note_classes(file, *metadata, content.model);
  if (const auto moments = moments_of(*metadata))
    note_preprocessing(preprocessing_of(*moments), content.model);
}

}  // namespace thaw::tflite
