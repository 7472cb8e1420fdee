// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {MarketAdmin} from "../../src/clearing-house/MarketAdmin.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {NotClearingHouse} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The module of the owner's and the guardian's functions, called directly and through the ClearingHouse.
contract ClearingHouseMarketAdminTest is ExchangeTest {
    MarketAdmin private module;
    address private guardian = makeAddr("guardian");

    function setUp() public override {
        super.setUp();
        module = house.marketAdmin();
        vm.prank(owner());
        house.setGuardian(guardian);
    }

    function test_Module_IsOfTheSameExchange() public view {
        assertEq(address(module.vault()), address(vault));
        assertEq(address(module.oracle()), address(oracle));
        assertEq(address(module.backstop()), address(backstop));
        assertEq(module.MAX_MARKETS(), house.MAX_MARKETS());
        assertEq(module.MAX_MAKERS(), house.MAX_MAKERS());
    }

    /// @dev Called directly, the module has no market, no guardian, and an owner that makes no calls.
    function test_Module_RevertIf_CalledDirectly() public {
        assertEq(module.owner(), address(module));
        assertEq(module.pendingOwner(), address(0));
        assertEq(module.guardian(), address(0));
        assertEq(module.marketCount(), 0);
        address[4] memory callers = [stranger, guardian, owner(), address(house)];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory notOwner = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, callers[i]);
            bytes[] memory calls = _ownerCalls();
            for (uint256 j = 0; j < calls.length; ++j) {
                _refused(callers[i], calls[j], notOwner);
            }
            _refused(
                callers[i],
                abi.encodeCall(IMarketAdmin.setMarketStatus, (market, MarketStatus.Paused)),
                abi.encodeWithSelector(IClearingHouse.InvalidMarketId.selector, market, 1)
            );
            _refused(
                callers[i],
                abi.encodeCall(IMarketAdmin.setSystemStatus, (MarketStatus.Paused)),
                abi.encodeWithSelector(
                    IMarketAdmin.InvalidStatusChange.selector, callers[i], MarketStatus.Active, MarketStatus.Paused
                )
            );
        }
    }

    /// @dev The Vault accepts settings of the ClearingHouse only, so the module's own address has no authority.
    function test_Module_RevertIf_ItCallsTheVaultItself() public {
        bytes memory notHouse = abi.encodeWithSelector(NotClearingHouse.selector, module, house);
        _refused(address(module), abi.encodeCall(IMarketAdmin.setDepositCap, (1)), notHouse);
        _refused(address(module), abi.encodeCall(IMarketAdmin.createMarket, (config().market)), notHouse);
    }

    /// @dev Through the ClearingHouse, the module writes the storage of the ClearingHouse and emits at its address.
    function test_Module_RunsOnTheStorageOfTheClearingHouse() public {
        vm.expectEmit(address(house));
        emit IMarketAdmin.SystemStatusSet(MarketStatus.Paused);
        vm.prank(guardian);
        house.setSystemStatus(MarketStatus.Paused);
        assertEq(uint8(house.statusOf(market)), uint8(MarketStatus.Paused));
        assertEq(uint8(module.systemStatus()), uint8(MarketStatus.Active));
        vm.startPrank(owner());
        assertEq(house.createMarket(config().market), 2, "the result passes");
        vm.stopPrank();
        assertEq(house.marketCount(), 2);
        assertEq(module.marketCount(), 0);
    }

    /// @dev An ether transfer or an unknown function does not reach the module.
    function test_ClearingHouse_RevertIf_FunctionIsUnknown() public {
        (bool success,) = address(house).call(abi.encodeWithSignature("unknown()"));
        assertFalse(success);
        vm.deal(address(this), 1);
        (success,) = address(house).call{value: 1}(abi.encodeCall(IMarketAdmin.setDepositCap, (1)));
        assertFalse(success);
    }

    function _ownerCalls() private returns (bytes[] memory calls) {
        calls = new bytes[](15);
        calls[0] = abi.encodeCall(IMarketAdmin.createMarket, (config().market));
        calls[1] = abi.encodeCall(IMarketAdmin.setRules, (market, config().market.rules));
        calls[2] = abi.encodeCall(IMarketAdmin.setMarginRatios, (market, 100_000, 50_000, 1 days));
        calls[3] = abi.encodeCall(IMarketAdmin.setFunding, (market, 0, 0, 0));
        calls[4] = abi.encodeCall(IMarketAdmin.setBorrowing, (market, 0));
        calls[5] = abi.encodeCall(IMarketAdmin.setDepositCap, (1));
        calls[6] = abi.encodeCall(IMarketAdmin.setGuardian, (stranger));
        calls[7] = abi.encodeCall(IMarketAdmin.renounceOwnership, ());
        calls[8] = abi.encodeCall(IMarketAdmin.setGateway, (stranger, true));
        calls[9] = abi.encodeCall(IMarketAdmin.registerMaker, (address(om)));
        calls[10] = abi.encodeCall(IMarketAdmin.retireMaker, (address(om)));
        calls[11] = abi.encodeCall(IMarketAdmin.reinstateMaker, (address(om)));
        calls[12] = abi.encodeCall(IMarketAdmin.removeMaker, (address(om)));
        calls[13] = abi.encodeCall(Ownable.transferOwnership, (stranger));
        calls[14] = abi.encodeWithSignature("acceptOwnership()");
    }

    function _refused(address caller, bytes memory call, bytes memory reason) private {
        vm.prank(caller);
        (bool success, bytes memory answer) = address(module).call(call);
        assertFalse(success);
        assertEq(answer, reason);
    }
}
