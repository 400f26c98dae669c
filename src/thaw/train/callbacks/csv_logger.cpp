#include <fmt/format.h>

#include <algorithm>

#include "thaw/train/appended_file.h"
#include "thaw/train/describe_callback.h"

namespace thaw {
namespace {

struct Options {
  std::string filename;
  std::string separator = ",";
  bool append = false;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("filename", filename);
    visit("separator", separator);
    visit("append", append);
  }
};

/// As Python writes a float.
std::string python_text(double value) {
  std::string text = fmt::format("{}", value);
  const bool is_whole = text.find_first_not_of("-0123456789") == std::string::npos;
  return is_whole ? text + ".0" : text;
}

/// The logs' names sorted; without any of validation those are added, as Keras does.
std::vector<std::string> columns_of(const Logs& logs) {
  std::vector<std::string> columns;
  for (const auto& [name, value] : logs) columns.push_back(name);
  std::ranges::sort(columns);
  const bool has_validation = std::ranges::any_of(
      columns, [](const std::string& name) { return name.starts_with("val_"); });
  const size_t count = columns.size();
  for (size_t i = 0; i < count && !has_validation; ++i) columns.push_back("val_" + columns[i]);
  return columns;
}

/// Writes a row an epoch: the epoch, counted from 0, then the logs, sorted by their names; NA where
/// there is none. A run that goes on takes the file up where its state was: rows written after that
/// go.
class CsvLogger final : public Callback {
 public:
  explicit CsvLogger(const Options& options) : options_(options), file_(options.filename) {
    if (options.filename.empty())
      throw UsageError("csv_logger: expected a filename, received none");
  }

  void on_train_begin(TrainingControl&) override { file_.begin(options_.append); }

  void on_epoch_end(TrainingControl&, int epoch, const Logs& logs) override {
    const std::vector<std::string> columns = columns_of(logs);
    std::string text;
    if (file_.is_at_begin()) text = header(columns);
    text += std::to_string(epoch);
    for (const std::string& column : columns) {
      const auto found = std::ranges::find(logs, column, [](const auto& log) { return log.first; });
      text += options_.separator + (found == logs.end() ? "NA" : python_text(found->second));
    }
    file_.append(text + "\r\n");
  }

  std::optional<CallbackState> state() const override {
    return CallbackState{"csv_logger",
                         Config(Config::Map{}).set("bytes", file_.bytes().value_or(-1))};
  }

  void restore(TrainingControl&, const CallbackState& state) override {
    const int64_t bytes = state.numbers.at("bytes").as_integer();
    if (bytes >= 0) file_.restore(bytes);
  }

 private:
  std::string header(const std::vector<std::string>& columns) const {
    std::string text = "epoch";
    for (const std::string& column : columns) text += options_.separator + column;
    return text + "\r\n";
  }

  Options options_;
  AppendedFile file_;
};

}  // namespace

namespace callback_types {
extern const CallbackType csv_logger;
constinit const CallbackType csv_logger =
    describe_callback<Options, CsvLogger>("csv_logger", "CSVLogger");
}  // namespace callback_types

}  // namespace thaw
