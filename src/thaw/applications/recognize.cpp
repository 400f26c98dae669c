#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "thaw/applications/application.h"
#include "thaw/applications/layer_names.h"
#include "thaw/core/variable.h"
#include "thaw/graph/naming.h"

namespace thaw::applications {
namespace {

/// What is known of a layer with weights.
struct Known {
  std::string class_name;
  std::string shapes;  ///< of its weights
};
using Names = std::map<std::string, Known>;

/// Keras counts through a whole process: the same network made second begins at "conv2d_94". Here
/// its automatic names begin at 0.
Names names_of(const Functional& model) {
  Names names;
  std::map<std::string, std::map<int, Known>> automatic;
  for (const Layer& layer : model.layers()) {
    if (layer.nested() != nullptr || layer.variables().empty()) continue;
    Known known{std::string(layer.class_name()), ""};
    for (const auto& variable : layer.variables()) known.shapes += variable->shape().to_string();
    const std::string kind = to_snake_case(layer.class_name());
    if (const auto number = automatic_number(layer.name(), layer.class_name())) {
      automatic[kind].insert_or_assign(*number, std::move(known));
    } else {
      names.insert_or_assign(modern_name(layer.name()), std::move(known));
    }
  }
  for (auto& [kind, layers] : automatic) {
    int number = 0;
    for (auto& [original, known] : layers)
      names.insert_or_assign(kind + "#" + std::to_string(number++), std::move(known));
  }
  return names;
}

struct Fingerprint {
  const Application* application;
  Names names;
};

bool is_pooling(const Symbol& x) {
  return x.call()->layer.class_name() == "GlobalAveragePooling2D";
}

/// The layers up to the pooling at a network's end, which it has with top and without.
Fingerprint fingerprint(const Application& application, const OwnOptions& own) {
  const Functional model =
      create(application, {.include_top = false, .weights = "none", .pooling = "avg", .own = own});
  Symbol end = model.outputs()[0];
  if (is_pooling(end)) return {&application, names_of(model)};  // which has no weights
  while (!is_pooling(end)) end = end.call()->inputs[0];
  return {&application, names_of(model.up_to(end))};
}

/// The own options under which a network may have other layers: none set, and each that is true or
/// false turned to its other value.
std::vector<OwnOptions> variants(const Application& application) {
  std::vector<OwnOptions> result(1);
  const Config defaults = application.own_defaults();
  for (const auto& [name, value] : defaults.as_map())
    if (value.is_bool()) result.emplace_back().set(name, !value.as_bool());
  return result;
}

const std::vector<Fingerprint>& fingerprints() {
  static const auto table = [] {
    std::vector<Fingerprint> result;
    for (const Application* application : all())
      for (const OwnOptions& own : variants(*application))
        result.push_back(fingerprint(*application, own));
    // The one that explains most layers is meant: ResNet101V2 has every layer of ResNet50V2.
    std::ranges::stable_sort(result, std::ranges::greater(),
                             [](const Fingerprint& f) { return f.names.size(); });
    return result;
  }();
  return table;
}

bool contains(const Names& names, const Names& part) {
  return std::ranges::all_of(part, [&](const auto& entry) {
    const auto found = names.find(entry.first);
    return found != names.end() && found->second.class_name == entry.second.class_name;
  });
}

/// Whether there are gates of squeeze-and-excitation, "block1a_se_reduce": without them an
/// EfficientNet has the layers of EfficientNet-Lite, which is fed otherwise.
bool has_gates(const Names& names) {
  return std::ranges::any_of(names,
                             [](const auto& entry) { return entry.first.ends_with("_se_reduce"); });
}

int64_t equal_shapes(const Names& names, const Names& part) {
  return std::ranges::count_if(
      part, [&](const auto& entry) { return names.at(entry.first).shapes == entry.second.shapes; });
}

/// "ResNet50V2" and "resnet50_v2" as "resnet50v2".
std::string letters_and_digits(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

/// Making every network there is takes 200 ms, so first the one whose name the model's begins with
/// ("mobilenetv2_0.35_224"), if its layers are there, as wide as it has them, and at most a
/// classifier beside them.
const Application* recognize_name(const Functional& model) {
  const std::string name = letters_and_digits(model.name());
  const Application* named = nullptr;
  size_t longest = 0;
  for (const Application* application : all()) {
    const std::string start = letters_and_digits(application->name);
    if (start.size() <= longest || !name.starts_with(start)) continue;
    named = application;
    longest = start.size();
  }
  if (named == nullptr) return nullptr;
  const Names names = names_of(model);
  const Config defaults = named->own_defaults();
  // An option that is a number is a factor on widths.
  const bool has_widths = std::ranges::any_of(
      defaults.as_map(), [](const auto& option) { return option.second.is_number(); });
  const auto explains = [&](const OwnOptions& own) {
    const Names part = fingerprint(*named, own).names;
    return names.size() <= part.size() + 1 && contains(names, part) &&
           (has_widths || equal_shapes(names, part) == std::ssize(part));
  };
  return std::ranges::any_of(variants(*named), explains) ? named : nullptr;
}

const Application* recognize_layers(const Functional& model) {
  const Names names = names_of(model);
  const Fingerprint* best = nullptr;
  for (const Fingerprint& candidate : fingerprints()) {
    if (best != nullptr && candidate.names.size() < best->names.size()) break;
    if (names.size() < candidate.names.size() || !contains(names, candidate.names)) continue;
    if (has_gates(names) != has_gates(candidate.names)) continue;
    // EfficientNetB1 and B2 have the same layers, of different widths.
    if (best == nullptr || equal_shapes(names, candidate.names) > equal_shapes(names, best->names))
      best = &candidate;
  }
  return best == nullptr ? nullptr : best->application;
}

struct Found {
  const Application* application;
  const Functional* model;
};

using Recognize = const Application* (*)(const Functional& model);

std::optional<Found> find_in(const Functional& model, Recognize recognize) {
  if (const Application* application = recognize(model)) return Found{application, &model};
  for (const Layer& layer : model.layers()) {
    if (layer.nested() == nullptr) continue;
    if (const auto found = find_in(*layer.nested(), recognize)) return found;
  }
  return std::nullopt;
}

std::optional<Found> find_in(const Functional& model) {
  const auto found = find_in(model, recognize_name);
  return found ? found : find_in(model, recognize_layers);
}

}  // namespace

const Application* recognize(const Functional& model) {
  const auto found = find_in(model);
  return found ? found->application : nullptr;
}

std::optional<std::string_view> preprocessing_of(const Functional& model) {
  const auto found = find_in(model);
  if (!found) return std::nullopt;
  const bool preprocesses = std::ranges::any_of(found->model->layers(), [](const Layer& layer) {
    return layer.class_name() == "Rescaling" || layer.class_name() == "Normalization";
  });
  const std::string_view left_out = found->application->preprocessing_left_out;
  return preprocesses || left_out.empty() ? found->application->preprocessing : left_out;
}

}  // namespace thaw::applications
