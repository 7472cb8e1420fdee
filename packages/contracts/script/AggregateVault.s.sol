// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Script} from "forge-std/Script.sol";
import {LpAggregateVault} from "../src/makers/lp/LpAggregateVault.sol";
import {LpRequestVault} from "../src/makers/lp/LpRequestVault.sol";

/// @title Deploys the aggregate vault of one request vault
/// @notice Reads the addresses `REQUEST_VAULT` and `AGGREGATE_VAULT_OWNER` from the environment. Any account can deploy one: it
/// has no right in the exchange, and its owner only sells settlement fees.
contract DeployAggregateVault is Script {
    function run() external returns (LpAggregateVault aggregateVault) {
        LpRequestVault requestVault = LpRequestVault(vm.envAddress("REQUEST_VAULT"));
        address owner = vm.envAddress("AGGREGATE_VAULT_OWNER");
        vm.startBroadcast();
        aggregateVault = deploy(requestVault, owner);
        vm.stopBroadcast();
    }

    function deploy(LpRequestVault requestVault, address owner) public returns (LpAggregateVault) {
        return new LpAggregateVault(requestVault, owner);
    }
}
