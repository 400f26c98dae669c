// The rules of ARCHITECTURE.md that a machine can check, of this tree.
#include "house/house.h"

#include <gtest/gtest.h>

#include "house/text.h"

namespace thaw::house {
namespace {

const House& ours() {
  static const House house(THAW_SOURCE_FOLDER);
  return house;
}

void expect_none(const Findings& findings) {
  for (const std::string& finding : findings) ADD_FAILURE() << finding;
}

TEST(House, the_table_of_architecture_md_names_every_folder_and_no_other) {
  ASSERT_GE(ours().table().size(), 10U) << "the table was not found";
  expect_none(ours().folders_and_table_agree());
}

TEST(House, every_folder_that_architecture_md_names_exists) {
  expect_none(ours().named_folders_exist());
}

TEST(House, folders_include_only_what_the_table_allows) {
  expect_none(ours().includes_are_allowed());
}

TEST(House, the_table_allows_nothing_that_nobody_includes) {
  expect_none(ours().allowances_are_used());
}

TEST(House, the_table_has_no_circle) { expect_none(ours().table_has_no_circle()); }

TEST(House, third_party_headers_stay_with_their_owners) {
  expect_none(ours().third_party_stays_with_its_owners());
}

TEST(House, public_headers_show_no_library_and_no_header_that_is_not_installed) {
  std::set<std::string> headers;
  for (const auto& [name, line] : includes_of(THAW_UMBRELLA_HEADER)) headers.insert(name);
  ASSERT_GE(headers.size(), 50U) << THAW_UMBRELLA_HEADER;
  expect_none(ours().public_headers_are_closed(headers));
}

TEST(House, no_class_is_defined_twice) { expect_none(ours().definitions_are_single()); }

TEST(House, no_file_is_past_400_lines) { expect_none(ours().files_are_at_most(400)); }

TEST(House, no_function_is_past_50_lines) { expect_none(ours().functions_are_at_most(50)); }

TEST(House, nothing_is_left_for_later) { expect_none(ours().nothing_is_left_for_later()); }

}  // namespace
}  // namespace thaw::house
