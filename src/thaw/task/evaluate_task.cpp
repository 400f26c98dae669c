#include "thaw/task/evaluate_task.h"

#include "thaw/core/error.h"
#include "thaw/task/class_names.h"
#include "thaw/task/fit_data.h"
#include "thaw/task/option.h"
#include "thaw/task/recipe_settings.h"
#include "thaw/train/model.h"

namespace thaw {

void EvaluateTask::describe(OptionList& options) {
  options.add("model", model,
              {.help = "a model file",
               .value = "MODEL",
               .required = true,
               .positional = true,
               .completes = Completes::file});
  options.add("images", images,
              {.help = "a folder that holds one folder of images a class",
               .value = "IMAGES",
               .required = true,
               .positional = true,
               .completes = Completes::folder});
  form.describe(options);
  options.add("loss", loss,
              {.help = "Keras's name; auto: the one that the model was trained with",
               .value = "NAME",
               .unset = "auto"});
  options.add("metrics", metrics,
              {.help = "what else is measured, separated by commas: of " + metric_names(),
               .value = "NAMES"});
}

EvaluateReport EvaluateTask::run(Engine& engine, TaskEvents& events) const {
  check_metrics(metrics);
  const Model loaded = Model::load(model, form.load_options());
  const auto [options, why, remark, is_doubtful] = find_form(loaded, form);
  if (!remark.empty()) events.on_remark(remark);
  const std::vector<std::string> names = class_names(loaded);
  const Model network(with_form(loaded, options));
  const ImageFolder folder = list_image_folder(images);
  const ImageDataset data(
      with_context(images.string(), [&] { return with_classes(folder, names); }), options);
  Loss measured = loss                           ? Loss(*loss)
                  : loaded.compiled() != nullptr ? loaded.compiled()->loss
                                                 : Loss(loss_of(loaded));
  network.compile({.optimizer = sgd({}), .loss = std::move(measured), .metrics = metrics});
  EvaluateReport report{.images = data.size(), .classes = names};
  report.logs = network.evaluate(engine, data, {.on_broken = [&](const std::string& reason) {
                                   --report.images;
                                   events.on_left_out(reason);
                                 }});
  return report;
}

EvaluateReport EvaluateTask::run(Engine& engine) const {
  TaskEvents silent;
  return run(engine, silent);
}

}  // namespace thaw
