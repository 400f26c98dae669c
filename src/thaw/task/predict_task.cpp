#include "thaw/task/predict_task.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "thaw/formats/model_file.h"
#include "thaw/task/class_names.h"
#include "thaw/task/option.h"
#include "thaw/train/predictor.h"

namespace thaw {
namespace {

/// The `top` likeliest classes. One output is the probability of the second class of two.
std::vector<Guess> guesses(std::span<const float> outputs, const std::vector<std::string>& names,
                           int top) {
  std::vector<float> values(outputs.begin(), outputs.end());
  if (values.size() == 1) values = {1 - outputs[0], outputs[0]};
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return values[a] > values[b]; });
  order.resize(std::min(order.size(), static_cast<size_t>(top)));
  std::vector<Guess> result;
  result.reserve(order.size());
  for (const size_t i : order) result.push_back({names[i], values[i]});
  return result;
}

}  // namespace

void PredictTask::describe(OptionList& options) {
  options.add("model", model,
              {.help = "a model file",
               .value = "MODEL",
               .required = true,
               .positional = true,
               .completes = Completes::file});
  options.add("images", images,
              {.help = "image files, or folders of them",
               .value = "IMAGES",
               .positional = true,
               .completes = Completes::file});
  options.add("top", top,
              {.help = "how many of the likeliest classes to show",
               .value = "N",
               .range = Range{1, 1000000}});
  form.describe(options);
}

bool PredictTask::run(Engine& engine,
                      const std::function<void(const ImagePrediction&)>& sink) const {
  const Functional network = load_model(model, form.load_options());
  const auto [options, why, remark, is_doubtful] = find_form(network, form);
  if (on_remark && !remark.empty()) on_remark(remark);
  const std::vector<std::string> names = class_names(network);
  const std::vector<std::filesystem::path> paths(images.begin(), images.end());
  const ImageDataset data(list_images(paths), options);
  const Predictor predictor(with_form(network, options), engine);
  bool all_read = true;
  predictor.run(data, [&](const Prediction& prediction) {
    ImagePrediction result{.file = data.file(prediction.sample), .error = prediction.error};
    if (prediction.error.empty()) {
      result.guesses = guesses(prediction.outputs, names, top);
    } else {
      all_read = false;
    }
    sink(result);
  });
  return all_read;
}

std::vector<ImagePrediction> PredictTask::run(Engine& engine) const {
  std::vector<ImagePrediction> all;
  run(engine, [&](const ImagePrediction& one) { all.push_back(one); });
  return all;
}

}  // namespace thaw
