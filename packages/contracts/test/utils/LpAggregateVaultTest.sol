// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployAggregateVault} from "../../script/AggregateVault.s.sol";
import {LpAggregateVault} from "../../src/makers/lp/LpAggregateVault.sol";
import {LpProtectionTest} from "./LpProtectionTest.sol";
import {MakerKind} from "./MakerKind.sol";

/// @dev Requests by the aggregate vault. Carol, Dave and Erin have approved assets and shares. Erin has not prepaid.
abstract contract LpAggregateVaultTest is LpProtectionTest {
    LpAggregateVault internal aggregate;
    address internal erin = makeAddr("erin");

    constructor(MakerKind kind_) LpProtectionTest(kind_) {}

    function setUp() public virtual override {
        super.setUp();
        DeployAggregateVault script = DeployAggregateVault(deployCode("AggregateVault.s.sol:DeployAggregateVault"));
        aggregate = script.deploy(requests, owner());
        address[3] memory users = [carol, dave, erin];
        for (uint256 i = 0; i < users.length; ++i) {
            vm.startPrank(users[i]);
            if (users[i] != erin) aggregate.prepay{value: 1 ether}(users[i]);
            token.approve(address(aggregate), type(uint256).max);
            maker.approve(address(aggregate), type(uint256).max);
            vm.stopPrank();
        }
    }

    // -------------------------------------------------------------------------------------------------- actions ----

    function aggregateDeposit(address account, uint256 assets) internal {
        token.mint(account, assets);
        vm.prank(account);
        aggregate.requestDeposit(assets, account, account);
    }

    function aggregateRedeem(address account, uint256 shares) internal {
        vm.prank(account);
        aggregate.requestRedeem(shares, account, account);
    }

    /// @dev The account becomes an LP by a standard request.
    function aggregateEnter(address account, uint256 assets) internal returns (uint256 shares) {
        aggregateDeposit(account, assets);
        settleAt(START_PRICE);
        shares = aggregate.maxMint(account);
        vm.prank(account);
        aggregate.mint(shares, account, account);
        refreshPrice(START_PRICE);
    }

    /// @dev A deposit of `assets` that comes back whole, because its cap is used up when it settles.
    function returnedDeposit(address account, uint256 assets) internal {
        aggregateDeposit(account, assets);
        uint128 room = maker.lpRules().depositCap;
        vm.prank(owner());
        maker.setLpRules(1, 500);
        settleAt(START_PRICE);
        vm.prank(owner());
        maker.setLpRules(room, 500);
        refreshPrice(START_PRICE);
    }

    /// @dev A flat base vault with collateral from its spread.
    function earnQuote() internal {
        setSpread(shb, 5000);
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), 40e18);
        buy(alice, address(shb), 40e18);
    }
}
