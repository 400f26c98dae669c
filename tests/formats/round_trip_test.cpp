#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"

namespace thaw {
namespace {

Functional small_model(int64_t units = 2) {
  const Symbol inner = input({8, 8, 3}, "image");
  const Functional base(inner, conv_2d({.filters = 4, .kernel_size = 3, .name = "conv"})(inner),
                        "base");
  const Symbol x = input({8, 8, 3}, "photo");
  const Symbol y = global_average_pooling_2d({.name = "pool"})(base(x, {.training = false}));
  Functional model(x, dense({.units = units, .name = "head"})(y), "small");
  base.set_trainable(false);
  model.metadata().set("classes", Config::List{"a", "b"});
  return model;
}

std::filesystem::path temporary(const std::string& name) {
  return std::filesystem::path(testing::TempDir()) / ("thaw_formats_" + name);
}

void expect_same_weights(const Functional& a, const Functional& b) {
  const auto left = a.variables();
  const auto right = b.variables();
  ASSERT_EQ(left.size(), right.size());
  for (size_t i = 0; i < left.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(left[i]->value().values(), right[i]->value().values()));
}

TEST(ModelFile, keeps_graph_weights_flags_and_metadata) {
  const Functional model = small_model();
  for (const char* name : {"a.keras", "a.h5"}) {
    save_model(model, temporary(name));
    const Functional read = load_model(temporary(name));
    expect_same_weights(model, read);
    EXPECT_FALSE(read.get_layer("base").trainable());
    EXPECT_EQ(read.count_trainable_parameters(), model.count_trainable_parameters());
    EXPECT_EQ(read.metadata().at("classes"), model.metadata().at("classes"));
    EXPECT_EQ(read.output_of("base").call()->training, false);
    const std::string once = read_file(temporary(name));
    save_model(model, temporary(name));
    EXPECT_TRUE(read_file(temporary(name)) == once) << name << " must be the same bytes";
  }
}

TEST(ModelFile, a_wrong_shape_changes_nothing) {
  save_weights(small_model(3), temporary("b.weights.h5"));
  const Functional model = small_model(2);
  const Functional same = small_model(2);
  EXPECT_THROW(load_weights(model, temporary("b.weights.h5")), Error);
  expect_same_weights(model, same);
  const auto report = load_weights(model, temporary("b.weights.h5"), {.skip_mismatch = true});
  EXPECT_EQ(report.missing, std::vector<std::string>{"head"});
}

/// Loads each content; an Error is right, and so is a model when nothing depended on the damage.
void load_all(const std::string& name, const std::vector<std::string>& contents) {
  for (const std::string& content : contents) {
    write_file(temporary(name), content);
    try {
      load_model(temporary(name));
    } catch (const Error&) {
    }
  }
}

TEST(ModelFile, a_truncated_file_is_an_error_and_no_crash) {
  for (const char* name : {"c.keras", "c.h5"}) {
    save_model(small_model(), temporary(name));
    const std::string whole = read_file(temporary(name));
    for (size_t at = 0; at < whole.size(); at += 97) {
      write_file(temporary(name), whole.substr(0, at));
      EXPECT_THROW(load_model(temporary(name)), Error) << name << " cut at byte " << at;
    }
  }
}

TEST(ModelFile, a_keras_archive_with_a_changed_byte_is_no_crash) {
  save_model(small_model(), temporary("d.keras"));
  const std::string whole = read_file(temporary("d.keras"));
  std::vector<std::string> contents;
  for (size_t at = 0; at < whole.size(); at += 97) {
    contents.push_back(whole);
    contents.back()[at] = static_cast<char>(whole[at] ^ 0xFF);
  }
  load_all("d.keras", contents);
}

}  // namespace
}  // namespace thaw
