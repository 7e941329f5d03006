// Jest's environment for Node, with globals that are as fast as anywhere else: each look at one (Math, Map, Buffer) is a
// call from V8 into Node where the context was made of an object, and made some tests take ten times as long.
import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

// Jest takes it from the module at each call, and has no option for it.
const vm = createRequire(import.meta.url)('node:vm');

export default class extends TestEnvironment {
  constructor(...options) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...options);
    } finally {
      vm.createContext = createContext;
    }
  }
}
