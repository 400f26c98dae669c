#include "thaw/task/plan_task.h"

#include "thaw/recipe/recipe.h"

namespace thaw {
namespace {

constexpr int64_t usual_classes = 10;

Config operations_config(const std::vector<LayerOperation>& operations) {
  Config rows{Config::List{}};
  for (const auto& [layer, what] : operations) {
    Config row;
    rows.append(std::move(row.set("layer", layer).set("operation", what)));
  }
  return rows;
}

Config pass_config(const PassReport& pass) {
  Config replaced{Config::List{}};
  for (size_t i = 0; i < pass.changes.replaced.size(); ++i) {
    const auto& [layer, what] = pass.changes.replaced[i];
    Config row;
    row.set("layer", layer).set("operation", what).set("by", pass.changes.by[i].what);
    replaced.append(std::move(row));
  }
  Config result;
  result.set("name", std::string(pass.name))
      .set("merged", operations_config(pass.changes.merged))
      .set("replaced", std::move(replaced));
  return result;
}

Config frozen_config(const FrozenPart& part, double seconds) {
  Config kept{Config::List{}};
  for (const KeptTensor& tensor : part.kept) {
    Config row;
    row.set("layer", tensor.layer)
        .set("shape", shape_config(tensor.shape))
        .set("bytes", tensor.bytes());
    kept.append(std::move(row));
  }
  Config passes{Config::List{}};
  for (const PassReport& pass : part.passes) passes.append(pass_config(pass));
  Config result;
  result.set("kept", std::move(kept))
      .set("bytes", part.row_bytes())
      .set("operations", static_cast<int64_t>(part.asked.size()))
      .set("passes", std::move(passes))
      .set("run", operations_config(part.run))
      .set("seconds", seconds);
  return result;
}

Config stage_config(const StagePlan& stage, size_t begins_at, const StepTimes& step) {
  Config trained{Config::List{}};
  for (const TrainedLayer& layer : stage.fit.trained) {
    Config row;
    trained.append(std::move(row.set("layer", layer.name).set("parameters", layer.parameters)));
  }
  Config random{Config::List{}};
  for (const std::string& layer : stage.fit.random_layers) random.append(layer);
  Config seconds;
  seconds.set("forward", step.forward)
      .set("backward", step.backward)
      .set("optimizer", step.optimizer);
  Config result;
  result.set("name", stage.options.name)
      .set("epochs", stage.options.epochs)
      .set("learning_rate", stage.options.learning_rate)
      .set("trained", std::move(trained))
      .set("trainable_parameters", stage.fit.trained_parameters())
      .set("random_layers", std::move(random))
      .set("repeated", operations_config(stage.fit.repeated))
      .set("each_step", operations_config(stage.fit.each_step))
      .set("begins_at", static_cast<int64_t>(begins_at))
      .set("step_seconds", std::move(seconds));
  return result;
}

/// How many classes a file of a fit has been trained on; some number where nothing tells.
int64_t classes_of(const Functional& base) {
  const Config* classes = base.metadata().find("classes");
  return classes == nullptr ? usual_classes : static_cast<int64_t>(classes->as_list().size());
}

}  // namespace

PlanReport PlanTask::run(Engine& engine, TaskEvents& events) const {
  BaseModel planned = base;
  if (!planned.weights && !names_a_file(planned.base)) planned.weights = "none";
  const Functional network = base_model(
      planned,
      {.image_size = image_size, .on_download = [&events](int64_t received, int64_t total) {
         return events.on_download(received, total);
       }});
  const int64_t head = classes > 0 ? classes : classes_of(network);
  const RecipeOptions options = recipe.recipe();
  Recipe job(network, head, options);
  PlanReport report{.plan = job.plan(engine.device().traits()),
                    .times = {},
                    .base = network.name(),
                    .image = network.inputs()[0].shape(),
                    .classes = head,
                    .optimizer = options.optimizer};
  report.times = measure(engine, report.plan, options);
  return report;
}

Config shape_config(const Shape& shape) {
  Config result{Config::List{}};
  for (const int64_t size : shape.sizes()) result.append(size);
  return result;
}

Config plan_config(const PlanReport& report) {
  const RecipeTimes& times = report.times;
  const RecipePlan& plan = report.plan;
  Config frozen{Config::List{}};
  for (size_t i = 0; i < plan.frozen.size(); ++i)
    frozen.append(frozen_config(plan.frozen[i], times.frozen_seconds[i]));
  Config stages{Config::List{}};
  for (size_t i = 0; i < plan.stages.size(); ++i)
    stages.append(stage_config(plan.stages[i], plan.begin_of(plan.stages[i]), times.steps[i]));
  Config result;
  result.set("base", report.base)
      .set("input_shape", shape_config(report.image))
      .set("classes", report.classes)
      .set("optimizer", report.optimizer)
      .set("frozen", std::move(frozen))
      .set("bytes_per_image", plan.row_bytes())
      .set("stages", std::move(stages))
      .set("threads", times.threads)
      .set("frozen_batch", times.micro_batch)
      .set("frozen_images_per_second", times.images_per_second())
      .set("batch_size", times.batch_size);
  return result;
}

}  // namespace thaw
