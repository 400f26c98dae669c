#include "thaw/task/classifier.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/task/option.h"
#include "thaw/train/loss.h"

namespace thaw {
namespace {

/// The loss by the file's words, else by those that thaw keeps beside the graph.
StatedLoss loss_of(const ModelFile& content, const ChosenOutput& output) {
  StatedLoss stated = stated_loss(content.training ? &content.training->compile : nullptr,
                                  output.index, output.name);
  const Config* noted = content.model.metadata().find("loss");
  if (!stated.name.empty() || noted == nullptr || !noted->is_string()) return stated;
  const Loss loss(noted->as_string());
  stated.name = loss.name;
  const Config* from_logits = loss.options.find("from_logits");
  stated.from_logits = from_logits != nullptr && *from_logits == Config(true);
  return stated;
}

}  // namespace

Classifier classifier_of(const ModelFile& content, const std::filesystem::path& file,
                         const OutputChoice& choice,
                         const std::optional<std::string>& class_names) {
  if (const size_t inputs = content.model.inputs().size(); inputs != 1) {
    throw Error(fmt::format("model \"{}\": expected one input, of images, received {}",
                            content.model.name(), inputs));
  }
  const ChosenOutput output = choose_output(content.model, choice.name);
  const int64_t columns = output_columns(output.model);
  ClassNames classes = find_class_names(output.model, class_count(columns),
                                        {.asked = class_names, .model_file = file});
  StatedLoss loss = loss_of(content, output);
  OutputMeaning meaning = output_meaning(output.model, loss, classes.known, choice.activation);
  Classifier result{.model = with_activation(output.model, meaning),
                    .meaning = std::move(meaning),
                    .classes = std::move(classes),
                    .loss = std::move(loss)};
  if (content.training) result.compile = content.training->compile;
  for (const std::string& remark : {output.remark, result.classes.remark, result.meaning.remark})
    if (!remark.empty()) result.remarks.push_back(remark);
  return result;
}

void describe_classes(std::optional<std::string>& classes, OptionList& options) {
  options.add(
      "classes", classes,
      {.help = "the names of the model's classes, in the order of its outputs: separated by "
               "commas, or a file of them (lines, a JSON list, Keras's class_indices, "
               "Teachable Machine's labels.txt or metadata.json)",
       .value = "a,b,c|FILE",
       .usual = "the model's own, else those of a labels file beside it",
       .completes = Completes::file});
}

void describe_output(std::optional<std::string>& output, OptionList& options) {
  options.add("output", output,
              {.help = "which output counts, by its layer's name, where the model has several",
               .value = "NAME"});
}

}  // namespace thaw
