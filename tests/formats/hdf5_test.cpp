// Files that h5py wrote: tools/golden/hdf5_files.py says what is in them.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "support/error_of.h"
#include "support/golden_file.h"
#include "thaw/formats/keras/hdf5/file.h"

namespace thaw::keras {
namespace {

using testing::contains;
using testing::error_of;

Hdf5File open(const std::string& name) {
  return Hdf5File::open_bytes(testing::unzip_golden("hdf5/" + name + ".h5.gz"));
}

/// 0 … 59 as (3, 4, 5), but for a type that wraps.
void expect_numbers(const Hdf5File& file, const std::string& path) {
  const Tensor received = file.read_dataset(path);
  ASSERT_EQ(received.shape(), (Shape{3, 4, 5})) << path;
  for (size_t i = 0; i < 60; ++i) EXPECT_EQ(received.values()[i], static_cast<float>(i)) << path;
}

TEST(Hdf5, numbers_of_every_type_become_float32) {
  const Hdf5File file = open("numbers");
  const auto kinds = file.children("plain");
  EXPECT_EQ(kinds.size(), 15U);
  for (const std::string& kind : kinds) expect_numbers(file, "plain/" + kind);
  expect_numbers(file, "compact");
}

TEST(Hdf5, numbers_keep_their_sign_infinity_and_smallest_values) {
  const Hdf5File file = open("numbers");
  const auto values = [&](const char* path) {
    const Tensor tensor = file.read_dataset(path);
    return std::vector<float>(tensor.values().begin(), tensor.values().end());
  };
  EXPECT_EQ(values("special/negative"), (std::vector<float>{-1, -128}));
  // 6e-8 as the nearest half: the smallest there is.
  EXPECT_EQ(values("special/half"),
            (std::vector<float>{INFINITY, -0.5F, std::ldexp(1.0F, -24), 65504}));
  EXPECT_EQ(values("special/scalar"), std::vector<float>{7});
  EXPECT_EQ(file.dataset_shape("special/scalar"), Shape{});
  EXPECT_EQ(file.read_dataset("special/empty").shape(), (Shape{0, 3}));
}

TEST(Hdf5, numbers_in_chunks_are_put_together) {
  const Hdf5File file = open("chunks");
  for (const char* form : {"plain", "gzip", "shuffle", "checksum", "all"})
    expect_numbers(file, form);
  const Tensor many = file.read_dataset("many");
  ASSERT_EQ(many.shape(), Shape{3000});
  for (size_t i = 0; i < 3000; ++i) EXPECT_EQ(many.values()[i], static_cast<float>(i));
  const Tensor large = file.read_dataset("large");
  EXPECT_EQ(std::accumulate(large.values().begin(), large.values().end(), 0.0F), 0.0F);
}

TEST(Hdf5, texts_of_every_kind_are_read) {
  const Hdf5File file = open("texts");
  const auto text = [&](const char* name) { return file.text_attribute("", name); };
  EXPECT_EQ(text("variable"), "grün");
  EXPECT_EQ(text("fixed"), "grün");
  EXPECT_EQ(text("empty"), "");
  EXPECT_EQ(text("absent"), std::nullopt);
  ASSERT_TRUE(text("long").has_value());
  EXPECT_EQ(text("long")->size(), 100'000U);
  EXPECT_TRUE(text("long")->ends_with("0123456789"));
  const std::vector<std::string> list = {"a", "bcd", ""};
  EXPECT_EQ(file.list_attribute("", "list"), list);
  EXPECT_EQ(file.list_attribute("", "variable_list"), list);
  EXPECT_EQ(file.list_attribute("", "none"), std::vector<std::string>{});
  EXPECT_TRUE(contains(error_of([&] { text("number"); }), "attribute \"number\" of \"/\""));
}

TEST(Hdf5, large_groups_and_headers_are_read_whole) {
  const Hdf5File file = open("texts");
  EXPECT_EQ(file.children("many").size(), 100U);
  EXPECT_EQ(file.text_attribute("many/group77", "name"), "name 77");
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(file.text_attribute("many", "attribute" + std::to_string(i))->size(), 100U) << i;
}

TEST(Hdf5, a_path_leads_to_a_group_a_dataset_or_nothing) {
  const Hdf5File file = open("numbers");
  EXPECT_TRUE(file.is_group("") && file.is_group("plain") && file.is_group("/plain/"));
  EXPECT_TRUE(file.is_dataset("compact"));
  EXPECT_FALSE(file.is_dataset("plain") || file.is_group("compact") || file.is_group("none"));
  EXPECT_FALSE(file.is_dataset("compact/deeper"));
  EXPECT_TRUE(contains(error_of([&] { file.read_dataset("plain/none"); }), "plain/none"));
  EXPECT_TRUE(contains(error_of([&] { file.read_dataset("plain"); }), "received a group"));
  EXPECT_TRUE(contains(error_of([&] { file.children("compact"); }), "expected a group"));
}

TEST(Hdf5, the_new_form_is_read_while_it_is_small) {
  for (const char* name : {"few_new", "few_ordered"}) {
    const Hdf5File file = open(name);
    EXPECT_EQ(file.text_attribute("group", "name"), "a name") << name;
    expect_numbers(file, "group/numbers");
  }
}

TEST(Hdf5, the_new_form_of_large_groups_is_refused_with_what_to_do) {
  const Hdf5File file = open("many_new");
  EXPECT_TRUE(contains(error_of([&] { file.children(""); }), "load it in Keras and save it again"));
  EXPECT_TRUE(contains(error_of([&] { (void)file.text_attribute("", "attribute1"); }),
                       "load it in Keras and save it again"));
}

TEST(Hdf5, nothing_outside_of_the_file_is_ever_read) {
  const Hdf5File file = open("elsewhere");
  EXPECT_EQ(file.read_dataset("here").shape(), Shape{3});
  for (const char* path : {"soft", "external", "external/deeper"})
    EXPECT_TRUE(contains(error_of([&] { file.read_dataset(path); }), "link to elsewhere")) << path;
  EXPECT_TRUE(contains(error_of([&] { file.read_dataset("outside"); }), "another file"));
  EXPECT_TRUE(contains(error_of([&] { file.read_dataset("virtual"); }), "another file"));
}

TEST(Hdf5, what_is_not_numbers_says_so) {
  const Hdf5File file = open("strange");
  EXPECT_TRUE(contains(error_of([&] { file.read_dataset("lzf"); }), "filter 32000"));
  for (const char* path : {"complex", "text", "enumerated", "bfloat16"})
    EXPECT_TRUE(contains(error_of([&] { file.read_dataset(path); }), "another type")) << path;
  for (const char* path : {"unwritten", "unwritten_chunks", "type", "shared_type"})
    EXPECT_NE(error_of([&] { file.read_dataset(path); }), "") << path;
}

TEST(Hdf5, a_group_inside_itself_is_walked_only_as_far_as_asked) {
  const Hdf5File file = open("circle");
  EXPECT_EQ(file.children("a/b/a/b/a"), std::vector<std::string>{"b"});
}

}  // namespace
}  // namespace thaw::keras
