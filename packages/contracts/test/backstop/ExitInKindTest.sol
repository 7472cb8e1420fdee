// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {Price} from "../../src/types/Units.sol";
import {OracleMakerTest} from "../utils/OracleMakerTest.sol";

/// @dev Carol holds a fifth of the shares of an OracleMaker.
abstract contract ExitInKindTest is OracleMakerTest {
    uint256 internal constant NOTICE = 1 hours;
    uint256 internal constant KEEPER_FEE = 0.01 ether;

    address internal carol = makeAddr("carol");
    uint256 internal carols;

    /// @dev The fee of an exit that this contract executes.
    receive() external payable {}

    function setUp() public virtual override {
        super.setUp();
        carols = om.totalSupply() / 5;
        vm.prank(lp);
        om.transfer(carol, carols);
        vm.deal(carol, 10 ether);
        approve(carol);
        approve(lp);
    }

    function approve(address account) internal {
        vm.startPrank(account);
        om.approve(address(backstop), type(uint256).max);
        usd.approve(address(backstop), type(uint256).max);
        vm.stopPrank();
    }

    function startExit(address account, uint256 shares) internal returns (uint256 exitId) {
        vm.deal(account, KEEPER_FEE);
        vm.prank(account);
        return backstop.startExit{value: KEEPER_FEE}(maker, shares);
    }

    /// @dev Waits for the notice. The price that is stored then is `price`; zero leaves the feed silent.
    function exitInKind(address account, uint256 shares, uint256 price) internal returns (IExitInKind.Slice memory) {
        uint256 exitId = startExit(account, shares);
        skip(NOTICE);
        if (price != 0) setPrice(price);
        vm.prank(keeper);
        return backstop.executeExit(exitId, 0);
    }

    function valueAt(address account, uint256 price) internal view returns (int256) {
        return vault.accountState(market, account, Price.wrap(price)).value.unwrap();
    }

    /// @dev Value of a share of those that remain, virtual shares included, times 1e36.
    function shareValueAt(uint256 price) internal view returns (int256) {
        return (valueAt(maker, price) + 1e6) * 1e27 / int256(om.totalSupply() + 1e6);
    }

    function escrowed() internal view returns (uint256) {
        return IERC20(maker).balanceOf(address(backstop));
    }
}
