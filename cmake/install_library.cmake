# The C++ interface for densities of one's own (qdose/stage2_population/sampler.hpp): headers, static libraries, and what
# find_package(qdose) needs to make the target qdose::sampler of them. `cmake --install BUILD --component dev` installs this alone.
set(parts base num data models ode simulate results stage2_population)
set(library_folder ${CMAKE_INSTALL_LIBDIR}/qdose)
set(archives)
foreach(part IN LISTS parts)
  get_target_property(kind qdose_${part} TYPE)
  if(kind STREQUAL STATIC_LIBRARY)
    install(TARGETS qdose_${part} ARCHIVE DESTINATION ${library_folder} COMPONENT dev)
    list(PREPEND archives libqdose_${part}.a)
  endif()
  install(DIRECTORY qdose/${part} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/qdose COMPONENT dev FILES_MATCHING PATTERN "*.hpp")
endforeach()
include(CMakePackageConfigHelpers)
configure_package_config_file(cmake/qdose-config.cmake.in ${CMAKE_BINARY_DIR}/qdose-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/qdose PATH_VARS CMAKE_INSTALL_INCLUDEDIR library_folder)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/qdose-config-version.cmake VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/qdose-config.cmake ${CMAKE_BINARY_DIR}/qdose-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/qdose COMPONENT dev)
