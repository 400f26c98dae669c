#include "thaw/app/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "thaw/core/terminal_text.h"

namespace thaw::app {
namespace {

constexpr auto redraw_every = std::chrono::milliseconds(100);

int terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string bar(int64_t done, int64_t total) {
  constexpr int64_t width = 24;
  const int64_t full = total <= 0 ? 0 : std::clamp(done * width / total, int64_t{0}, width);
  std::string result;
  for (int64_t i = 0; i < width; ++i) result += i < full ? "━" : i == full ? "╸" : " ";
  return result;
}

std::string time_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole % 3600 / 60);
}

std::string numbers(const Logs& logs) {
  std::string result;
  for (const auto& [name, value] : logs) {
    const bool is_one_of_many = name.find('[') != std::string::npos;  // of a confusion matrix, say
    if (!is_one_of_many) result += fmt::format("  {} {:.4f}", name, value);
  }
  return result;
}

/// Cut to `columns` characters, each of which is one UTF-8 sequence.
std::string cut(const std::string& line, int columns) {
  size_t end = 0;
  for (int count = 0; end < line.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(line[end]) & 0xC0U) != 0x80U;
    if (begins && count++ == columns) break;
  }
  return line.substr(0, end);
}

/// How the learning rate changes, where it does: ", cosine, warm-up 0.1, layer decay 0.7".
std::string rates_told(const StageOptions& stage) {
  std::string text;
  for (const auto& [kind, name] : schedule_kind_names)
    if (kind == stage.schedule && kind != ScheduleKind::constant) text += fmt::format(", {}", name);
  if (stage.warmup.value_or(0) > 0) text += fmt::format(", warm-up {:g}", *stage.warmup);
  if (stage.layer_decay != 1) text += fmt::format(", layer decay {:g}", stage.layer_decay);
  return text;
}

}  // namespace

Progress::Progress() : in_place_(isatty(STDERR_FILENO) == 1) {}

void Progress::draw(const std::string& line, bool now) {
  if (!in_place_) return;
  if (!now && drawn_ && Clock::now() - last_drawn_ < redraw_every) return;
  fmt::print(stderr, "\r\x1b[2K{}", cut(line, terminal_columns() - 1));
  std::fflush(stderr);
  drawn_ = true;
  last_drawn_ = Clock::now();
}

void Progress::keep(const std::string& line) {
  fmt::print(stderr, "{}{}\n", drawn_ ? "\r\x1b[2K" : "", printable(line));
  std::fflush(stderr);
  drawn_ = false;
}

void Progress::on_stage(const StageReport& stage) {
  std::string title = stage.options.name;
  std::ranges::replace(title, '_', ' ');
  keep(fmt::format(
      "{}: {} trainable parameters, {}, learning rate {:g}{}{}", title, stage.trainable_parameters,
      stage.optimizer, stage.options.learning_rate, rates_told(stage.options),
      stage.epochs.empty() ? "" : fmt::format(", {} epochs done before", stage.epochs.size())));
  started_ = Clock::now();
}

void Progress::on_features(TrainingControl&, int64_t done, int64_t total) {
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  const double rate = static_cast<double>(done) / std::max(seconds, 1e-9);
  draw(fmt::format("  reading  {} {}/{}  {:.0f} images/s  {} left", bar(done, total), done, total,
                   rate, time_text(static_cast<double>(total - done) / std::max(rate, 1e-9))),
       done == total);
  if (done == total) started_ = Clock::now();
}

void Progress::on_epoch_begin(TrainingControl& control, int) {
  epochs_ = control.epochs;
  images_ = 0;
  started_ = Clock::now();
}

void Progress::on_batch_end(TrainingControl&, const BatchProgress& progress) {
  images_ = progress.images;
  const double per_batch = std::chrono::duration<double>(Clock::now() - started_).count() /
                           static_cast<double>(progress.batch);
  const double left = per_batch * static_cast<double>(progress.batches - progress.batch);
  draw(fmt::format("  epoch {}/{}  {} {}/{}{}  {:.0f} images/s  {} left", progress.epoch + 1,
                   epochs_, bar(progress.batch, progress.batches), progress.batch, progress.batches,
                   numbers(*progress.logs), progress.images_per_second, time_text(left)));
}

void Progress::on_epoch_end(TrainingControl&, int epoch, const Logs& logs) {
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  keep(fmt::format("  epoch {}/{}{}  {:.0f} images/s  {}", epoch + 1, epochs_, numbers(logs),
                   static_cast<double>(images_) / std::max(seconds, 1e-9), time_text(seconds)));
}

void Progress::on_train_end(TrainingControl&, const History& history) {
  if (history.interrupted && drawn_) keep("");
}

bool Progress::on_download(int64_t received, int64_t total) {
  constexpr double megabyte = 1e6;
  draw(fmt::format("  downloading  {} {:.1f} of {:.1f} MB", bar(received, total),
                   static_cast<double>(received) / megabyte,
                   static_cast<double>(std::max(total, received)) / megabyte),
       received == total);
  if (received == total && total > 0)
    keep(fmt::format("  downloaded {:.1f} MB", static_cast<double>(total) / megabyte));
  return true;
}

void Progress::on_left_out(const std::string& reason) { keep("thaw: skipped: " + reason); }
void Progress::on_remark(const std::string& remark) { keep("thaw: " + remark); }

}  // namespace thaw::app
