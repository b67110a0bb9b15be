# `cmake --install` and the Debian package. Manual page and completions come out of the program itself.
include(GNUInstallDirs)
set(made ${CMAKE_BINARY_DIR}/share)
set(files ${made}/qdose.1 ${made}/qdose.bash ${made}/_qdose ${made}/qdose.fish)
add_custom_command(OUTPUT ${files}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
  COMMAND qdose man > ${made}/qdose.1
  COMMAND qdose completion bash > ${made}/qdose.bash
  COMMAND qdose completion zsh > ${made}/_qdose
  COMMAND qdose completion fish > ${made}/qdose.fish
  DEPENDS qdose COMMENT "Manual page and completions")
add_custom_target(qdose_share ALL DEPENDS ${files})

install(TARGETS qdose RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT qdose)
if(TARGET qdose-train)
  install(TARGETS qdose-train RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT train)
endif()
install(FILES ${made}/qdose.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT qdose)
install(FILES ${made}/qdose.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME qdose COMPONENT qdose)
install(FILES ${made}/_qdose DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT qdose)
install(FILES ${made}/qdose.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT qdose)
install(FILES README.md CHANGELOG.md CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT qdose)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT qdose)
install(DIRECTORY data/encoders DESTINATION ${CMAKE_INSTALL_DATADIR}/qdose COMPONENT qdose FILES_MATCHING PATTERN "*.safetensors" PATTERN "*.json")
install(FILES data/example.csv DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT qdose)
install(DIRECTORY docs/schemas DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT qdose)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT qdose FILES_MATCHING PATTERN "*.md" PATTERN "*.png"
        PATTERN decisions EXCLUDE PATTERN schemas EXCLUDE)  # where the README's links look for them

include(cmake/install_library.cmake)

# cpack in the build folder makes qdose_VERSION_ARCH.deb, and qdose-train_... with the program that needs libtorch.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME qdose)
set(CPACK_PACKAGE_VENDOR "the qdose authors")
set(CPACK_PACKAGE_CONTACT "the qdose authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "which dose to give next, from one phase-1 trial")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL qdose)
if(TARGET qdose-train)
  list(APPEND CPACK_COMPONENTS_ALL train)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_QDOSE_PACKAGE_NAME qdose)
set(CPACK_DEBIAN_TRAIN_PACKAGE_NAME qdose-train)
set(CPACK_DEBIAN_QDOSE_PACKAGE_RECOMMENDS qdose-train)
set(CPACK_DEBIAN_QDOSE_PACKAGE_SUGGESTS chromium)
set(CPACK_COMPONENT_TRAIN_DESCRIPTION "the training program of qdose (needs libtorch)")
include(CPack)
