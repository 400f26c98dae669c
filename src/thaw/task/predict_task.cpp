#include "thaw/task/predict_task.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "thaw/compile/lower.h"
#include "thaw/data/source.h"
#include "thaw/formats/model_file.h"
#include "thaw/task/classifier.h"
#include "thaw/task/memory_advice.h"
#include "thaw/task/option.h"
#include "thaw/task/prediction_watch.h"
#include "thaw/train/predictor.h"

namespace thaw {
std::vector<Guess> guesses(std::span<const float> outputs, const OutputMeaning& meaning,
                           const std::vector<std::string>& names, int top) {
  const OutputKind kind = meaning.kind_of(outputs);
  if (outputs.size() == 1 && (kind == OutputKind::value || !meaning.threshold))
    return {{.name = {}, .value = outputs[0], .kind = kind}};
  std::vector<float> values(outputs.begin(), outputs.end());
  if (values.size() == 1) values = {2 * *meaning.threshold - outputs[0], outputs[0]};
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return values[a] > values[b]; });
  order.resize(std::min(order.size(), static_cast<size_t>(top)));
  std::vector<Guess> result;
  result.reserve(order.size());
  for (const size_t i : order) result.push_back({names[i], values[i], kind});
  return result;
}

LoadOptions PredictTask::load_options() const {
  LoadOptions options = form.load_options();
  reading.add_to(options);
  return options;
}

void PredictTask::describe(OptionList& options) {
  options.add("model", model,
              {.help = "a model file",
               .value = "MODEL",
               .required = true,
               .positional = true,
               .completes = Completes::file});
  options.add("images", images,
              {.help = "image files, folders of them, or other sources that thaw fit takes",
               .value = "IMAGES",
               .positional = true,
               .completes = Completes::file});
  options.add("top", top,
              {.help = "how many of the likeliest classes to show",
               .value = "N",
               .range = Range{1, 1000000}});
  form.describe(options);
  describe_classes(classes, options);
  output.describe(options);
  unknown.describe(options);
  reading.describe(options);
}

bool PredictTask::run(Engine& engine,
                      const std::function<void(const ImagePrediction&)>& sink) const {
  const ModelFile content = read_model_file(model, load_options());
  const auto [options, why, of_form, is_doubtful] = find_form(content.model, form, model);
  const Classifier classifier = classifier_of(content, model, output, classes);
  const auto remark = [this](const std::string& text) {
    if (on_remark && !text.empty()) on_remark(text);
  };
  remark(of_form);
  std::ranges::for_each(classifier.remarks, remark);
  const auto detector = unknown.detector_of(classifier.model);
  if (detector) remark(doubt_about_unknown(classifier.model, options));
  const std::vector<std::filesystem::path> paths(images.begin(), images.end());
  ImageFolder listing = list_unlabelled(paths);
  std::ranges::for_each(listing.remarks, remark);
  if (!listing.skipped.empty()) remark("left out: " + in_words(listing.skipped));
  const ImageDataset data(std::move(listing), options);
  PredictionWatch watch(classifier.meaning, classifier.classes.names);
  bool all_read = true;
  const auto show = [&](const Prediction& prediction) {
    ImagePrediction result{.file = data.file(prediction.sample), .error = prediction.error};
    if (prediction.error.empty()) {
      result.guesses =
          guesses(prediction.outputs, classifier.meaning, classifier.classes.names, top);
      watch.add(prediction.outputs);
      if (detector)
        result.unlikeness = {.distance = detector->score(prediction.further[0]),
                             .threshold = detector->threshold()};
    } else {
      all_read = false;
    }
    sink(result);
  };
  with_memory_advice({.batch = engine.device().traits().micro_batch_samples,
                      .images = options,
                      .advice = "free memory, or try a smaller --image-size"},
                     [&, &form = options] {
                       ops::Graph graph = lower(with_form(classifier.model, form));
                       if (detector) graph = with_last_dense_input(std::move(graph));
                       const Predictor predictor(graph, engine);
                       predictor.run(data, show);
                     });
  remark(watch.doubt());
  return all_read;
}

std::vector<ImagePrediction> PredictTask::run(Engine& engine) const {
  std::vector<ImagePrediction> all;
  run(engine, [&](const ImagePrediction& one) { all.push_back(one); });
  return all;
}

}  // namespace thaw
